"""Lines of a text file as bytes, in memory that does not grow with the file."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

READ_ERRORS = (OSError, EOFError, zlib.error)
"""What reading a file may raise, a compressed one too."""

_GZIP_MAGIC = b"\x1f\x8b"
_MOST_TIMES = 100
_ALWAYS_ALLOWED_BYTES = 64 << 20


def open_bytes(path: Path) -> AbstractContextManager[BinaryIO]:
    """Open a file for reading, decompressed where it is gzip.

    Reading one that holds more than a hundred times its size, and more than 64 MiB, raises `TOO_LARGE`: text does not
    compress that well, and a small file must not fill the disk.
    """
    with path.open("rb") as file:
        is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    return cast("BinaryIO", _Expanded(path)) if is_gzip else path.open("rb")


class _Expanded(gzip.GzipFile):
    """A gzip file of which only so much is read as text of its size may hold."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._most = max(_ALWAYS_ALLOWED_BYTES, _MOST_TIMES * path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        """Read as every file does."""
        most = self._most - self.tell() + 1
        return self._within(super().read(most if size is None or size < 0 else size))

    def readline(self, size: int | None = -1) -> bytes:
        """Read as every file does."""
        most = self._most - self.tell() + 1
        return self._within(super().readline(most if size is None or size < 0 else size))

    def _within(self, data: bytes) -> bytes:
        if self.tell() > self._most:
            raise TextNLPError(
                f"The file holds more than {self._most:,} bytes once it is decompressed.",
                kind=ErrorKind.TOO_LARGE,
                facts=ErrorFacts(hint="Send it in parts, or as it is."),
            )
        return data


def read_lines(file: BinaryIO, *, max_bytes: int) -> Iterator[bytes | None]:
    """Yield each line with its line end; None for one of more than `max_bytes`, which is skipped.

    A byte order mark at the beginning is left out.
    """
    limit = max_bytes + 1
    line = file.readline(limit)
    if line.startswith(codecs.BOM_UTF8):
        line = line[len(codecs.BOM_UTF8) :] or file.readline(limit)
    while line:
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line
        line = file.readline(limit)


def decode_text(data: bytes) -> str:
    """Decode UTF-8; raise `INVALID_INPUT` with the first byte that is none."""
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise not_utf8(exc) from exc


def not_utf8(exc: UnicodeDecodeError) -> TextNLPError:
    """Build the error for text in another encoding."""
    byte = exc.object[exc.start]
    return invalid_input(f"The row is not valid UTF-8: byte {byte:#04x} after {exc.start} others.")


def too_long(max_bytes: int) -> TextNLPError:
    """Build the error for a line that was skipped for its length."""
    return TextNLPError(f"The line has more than {max_bytes:,} bytes.", kind=ErrorKind.TOO_LARGE)


def unreadable(name: str, exc: Exception) -> TextNLPError:
    """Build the error for a file that broke off while it was read."""
    return TextNLPError(
        f"{name} cannot be read to its end: {exc}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Copy it again; it may be cut off or damaged."),
    )
