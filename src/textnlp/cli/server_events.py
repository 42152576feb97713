"""Server-sent events, read from a response as its bytes come."""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

_UNNAMED = "message"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; `data` has its lines joined, as the WHATWG specification says."""

    name: str
    data: bytes


async def read_events(pieces: AsyncIterable[bytes]) -> AsyncGenerator[ServerEvent]:
    """Yield the events in a stream of bytes, cut anywhere; comments and an event that is not complete are dropped."""
    rest = b""
    async for piece in pieces:
        *blocks, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        for block in blocks:
            event = _event(block)
            if event is not None:
                yield event


def _event(block: bytes) -> ServerEvent | None:
    name, data = _UNNAMED, list[bytes]()
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = value.decode()
        elif field == b"data":
            data.append(value)
    return ServerEvent(name, b"\n".join(data)) if data else None
