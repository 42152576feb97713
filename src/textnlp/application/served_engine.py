"""What the platform offers under a model's name."""

from typing import Protocol

from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.ports.embedding_engine import EmbeddingEngine
from textnlp.ports.text_engine import TextEngine


class Governed(Protocol):
    """One deployment or several, behind their limits."""

    @property
    def max_concurrency(self) -> int:
        """Calls that they take at once, at most."""
        ...

    def figures(self) -> AdmissionFigures:
        """Return the running totals of their gates, added up."""
        ...


class ServedEngine(TextEngine, Governed, Protocol):
    """A text engine that waits and retries by itself."""


class ServedEmbeddings(EmbeddingEngine, Governed, Protocol):
    """An embedding engine that waits and retries by itself."""
