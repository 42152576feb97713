"""A file of examples to learn from."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class ExampleSource(Protocol):
    """Reads one file, as often as it is asked to, without holding it."""

    @property
    def name(self) -> str:
        """The file's own name."""
        ...

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""
        ...

    def lines(self) -> Iterator[bytes | None]:
        """Yield each line without a byte order mark; None for one that is longer than may be."""
        ...

    def pieces(self) -> Iterable[bytes]:
        """Begin to read all bytes as they are; raise `CONFLICT` at once where the size is not what it was."""
        ...
