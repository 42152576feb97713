"""A model that turns texts into vectors."""

from typing import Protocol

from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings


class EmbeddingEngine(Protocol):
    """Turns texts into vectors, and never blocks the event loop while it does.

    An engine makes one attempt a call and raises as `TextEngine` does. It refuses with `INVALID_INPUT`, before anything
    is asked, inputs as tokens where it knows only texts (field `input`), and a number of dimensions that it cannot
    give (field `dimensions`); an input longer than the model reads is `CONTEXT_EXCEEDED`. Equal texts get equal
    vectors, but for the last digits.
    """

    @property
    def name(self) -> str:
        """The deployment this engine calls, for limits, logs and manifests; holds no secret."""
        ...

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        ...

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return one vector an input, in their order."""
        ...

    async def check(self) -> None:
        """Return when the engine could take a request; else raise the error that a request would meet."""
        ...

    async def aclose(self) -> None:
        """Free connections, threads and memory; closing twice is harmless."""
        ...
