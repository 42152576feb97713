"""Split a stream of bytes into lines."""

import contextlib
from collections.abc import AsyncGenerator


async def split_lines(pieces: AsyncGenerator[bytes], *, max_line_bytes: int) -> AsyncGenerator[list[bytes]]:
    """Yield the lines of a file without their ends, some at a time.

    The first line that is longer than `max_line_bytes` comes cut to one byte more than that, and nothing after it.
    """
    rest = b""
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            *lines, rest = (rest + piece).split(b"\n")
            yield lines
            if len(rest) > max_line_bytes:
                yield [rest[: max_line_bytes + 1]]
                return
    yield [rest]
