"""Files of rows, whatever their columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from textnlp.domain.validation.record import BadRecord, Record


class RecordSource(Protocol):
    """Reads rows in constant memory; it may be read more than once, always with the same rows."""

    @property
    def name(self) -> str:
        """What was opened, in a word."""
        ...

    @property
    def size_bytes(self) -> int:
        """How much there is to read, for telling how far it is."""
        ...

    def records(self) -> Iterator[Record | BadRecord]:
        """Yield every row in order; one that cannot be read is a bad one, and those after it come all the same.

        Raises `INVALID_INPUT` with the file for one that is not what its ending says.
        """
        ...


class RecordSourceOpener(Protocol):
    """Finds out what kind of file it is, or which files a folder holds."""

    def __call__(self, path: Path) -> RecordSource:
        """Open a file, or a folder with the files under it in the order of their names.

        Raises `NOT_FOUND` for a missing one and for a folder without files of rows, and `INVALID_INPUT` for an ending
        that is not known, naming those that are.
        """
        ...
