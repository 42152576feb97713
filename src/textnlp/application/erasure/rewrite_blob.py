"""Read a blob line by line, and write it again with its lines changed."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence

from textnlp.application.split_lines import split_lines
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore

_LONGEST_LINE_BYTES = 1 << 30

ChangeLines = Callable[[Sequence[bytes]], Sequence[bytes]]
"""Returns as many lines as it is given."""


def read_lines(blobs: BlobStore, path: str) -> AsyncGenerator[list[bytes]]:
    """Yield the lines of a blob without their ends, some at a time; raise `NOT_FOUND`."""
    return split_lines(blobs.stream(path), max_line_bytes=_LONGEST_LINE_BYTES)


async def rewrite_lines(blobs: BlobStore, path: str, change: ChangeLines) -> None:
    """Write a blob again with its lines changed, some at a time; one that is not there is passed over."""
    if not await is_there(blobs, path):
        return
    is_first = True
    async with blobs.open_writer(path) as writer, contextlib.aclosing(read_lines(blobs, path)) as groups:
        async for lines in groups:
            if lines:
                joined = b"\n".join(change(lines))
                await writer.write(joined if is_first else b"\n" + joined)
                is_first = False


async def is_there(blobs: BlobStore, path: str) -> bool:
    """Tell whether there is a blob."""
    try:
        await blobs.head(path)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return False
    return True
