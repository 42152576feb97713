"""A folder as a ZIP file, written while it is sent."""

import asyncio
import io
import zipfile
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

_PIECE_BYTES = 1 << 18


async def zip_pieces(folder: Path) -> AsyncGenerator[bytes]:
    """Yield the ZIP file of all files below a folder, in memory that does not grow with them."""
    pieces = _pieces(folder)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _pieces(folder: Path) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo.from_file(path, path.relative_to(folder).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while content := source.read(_PIECE_BYTES):
                    target.write(content)
                    if written := sink.taken():
                        yield written
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what is written until somebody takes it away; cannot be sought, so that nothing is written twice."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        content = bytes(memoryview(data))  # pyright: ignore[reportArgumentType]  whatever has a buffer
        self._written += content
        return len(content)

    def taken(self) -> bytes:
        content, self._written = bytes(self._written), bytearray()
        return content
