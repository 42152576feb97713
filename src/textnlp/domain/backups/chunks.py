"""Where what is backed up is cut into chunks, each of which is stored once."""

import zlib
from collections.abc import Iterator

LARGEST_CHUNK_BYTES = 4 << 20
"""No chunk is longer; a reader refuses one that says it is."""

_SMALLEST_CHUNK_BYTES = 256 << 10
_ROWS_MASK = 0xFF


class RowCutter:
    """Cuts rows into chunks at places that depend on the rows alone.

    A chunk ends after a row whose CRC-32 ends in eight zero bits, once 256 KiB have come together, or when the next row
    would make it too long. A row that is added, changed or gone therefore changes its own chunk and at most the
    next ones up to the first place where both cut alike, and not all chunks that follow. (The idea is that of
    content-defined chunking, as in Muthitacharoen, Chen and Mazieres, "A low-bandwidth network file system", 2001,
    with rows in the place of a rolling window.)
    """

    def __init__(self) -> None:
        self._waiting = bytearray()

    def add(self, row: bytes) -> Iterator[bytes]:
        """Take a row, and yield what is complete; a row that is too long by itself is cut where it must be."""
        if self._waiting and len(self._waiting) + len(row) > LARGEST_CHUNK_BYTES:
            yield self._taken()
        self._waiting += row
        while len(self._waiting) > LARGEST_CHUNK_BYTES:
            yield bytes(self._waiting[:LARGEST_CHUNK_BYTES])
            del self._waiting[:LARGEST_CHUNK_BYTES]
        if len(self._waiting) >= _SMALLEST_CHUNK_BYTES and not zlib.crc32(row) & _ROWS_MASK:
            yield self._taken()

    def end(self) -> Iterator[bytes]:
        """Yield what is left."""
        if self._waiting:
            yield self._taken()

    def _taken(self) -> bytes:
        waiting, self._waiting = self._waiting, bytearray()
        return bytes(waiting)


class ByteCutter:
    """Cuts bytes into chunks of the largest size, but for the last."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take bytes, and yield what is complete."""
        self._waiting += piece
        while len(self._waiting) >= LARGEST_CHUNK_BYTES:
            yield bytes(self._waiting[:LARGEST_CHUNK_BYTES])
            del self._waiting[:LARGEST_CHUNK_BYTES]

    def end(self) -> Iterator[bytes]:
        """Yield what is left."""
        if self._waiting:
            yield bytes(self._waiting)
            self._waiting.clear()
