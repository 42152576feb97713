"""A file of prompts, read row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.generation.model import Parameters


class PromptSource(Protocol):
    """Reads one file of prompts in constant memory; it may be read more than once, always with the same rows.

    Attributes the file holds for all its rows are known once reading has begun. A file that is not what it says
    raises `INVALID_INPUT` with the line and column where it has them, before its first row.
    """

    @property
    def name(self) -> str:
        """The batch's own id in the file, or the file's name."""
        ...

    @property
    def parameters(self) -> Parameters:
        """Sampling parameters that the file gives for all its rows."""
        ...

    def rows(self) -> Iterator[PromptRow | BadRow]:
        """Yield every row in order; indices run from 0 without a gap over good and bad rows alike."""
        ...


class PromptSourceOpener(Protocol):
    """Finds out what kind of file it is and opens it."""

    def __call__(self, path: Path, *, name: str | None = None) -> PromptSource:
        """Open `path`; `name` stands for the file's name, with its ending, where the path does not show it.

        Raises `NOT_FOUND` for a missing file and `INVALID_INPUT` for an ending that is not known, naming those
        that are.
        """
        ...
