"""Answers whose size the other side does not decide."""

import aiohttp


async def read_bounded(response: aiohttp.ClientResponse, *, most_bytes: int) -> bytes | None:
    """Return the body of an answer; None where it is larger, and then the rest is not read."""
    read = bytearray()
    async for piece in response.content.iter_any():
        read += piece
        if len(read) > most_bytes:
            return None
    return bytes(read)
