"""A file of examples on this machine."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from textnlp.adapters.prompt_files.text_lines import read_lines
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.tuning.examples import MAX_LINE_BYTES

_PIECE_BYTES = 1 << 17


class ExampleFileSource:
    """Satisfies the `ExampleSource` port; raises `INVALID_INPUT` with `field` for a file that is not there."""

    def __init__(self, path: Path, *, field: str) -> None:
        if not path.is_file():
            raise invalid_input(f"There is no file {path}.", field=field)
        self._path = path
        self._size_bytes = path.stat().st_size

    @property
    def name(self) -> str:
        """The file's own name."""
        return self._path.name

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""
        return self._size_bytes

    def lines(self) -> Iterator[bytes | None]:
        """Yield each line."""
        with self._path.open("rb") as file:
            yield from read_lines(file, max_bytes=MAX_LINE_BYTES)

    def pieces(self) -> Iterable[bytes]:
        """Begin to read all bytes."""
        if self._path.stat().st_size != self._size_bytes:
            raise TextNLPError(f"{self.name} was changed while it was read.", kind=ErrorKind.CONFLICT)
        return self._read()

    def _read(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
