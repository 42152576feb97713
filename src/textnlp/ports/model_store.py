"""Model files on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from textnlp.topology.models import EmbeddedModel

ShowProgress = Callable[[int, int], None]
"""Is told how many bytes have come, and how many there are in all."""


class ModelStore(Protocol):
    """Finds a model's file, and fetches it where it is missing."""

    def find(self, model: EmbeddedModel) -> Path | None:
        """Return the file to use, None where it has to be fetched.

        Raises `NOT_FOUND` when a file of the user's own was named and is not there.
        """
        ...

    async def fetch(self, model: EmbeddedModel, *, show_progress: ShowProgress | None = None) -> Path:
        """Fetch the file and return where it lies, complete and with the expected digest.

        Several processes may do so at once: one fetches, the others wait and use its file. Raises `UNAVAILABLE` when
        it cannot be fetched or stored, and `BAD_RESPONSE` when what came is not the expected file; both say what to do.
        """
        ...
