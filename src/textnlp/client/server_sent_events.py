"""Server-sent events, read from a response as its bytes come."""

from dataclasses import dataclass

_UNNAMED = "message"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; `data` has its lines joined, as the WHATWG specification says."""

    name: str
    data: bytes


class EventReader:
    """Reads a stream of bytes that is cut anywhere; comments and an event that is not complete are dropped."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def waiting_bytes(self) -> int:
        """Size of what belongs to an event that is not complete."""
        return len(self._rest)

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Take in a piece and return the events that it completes."""
        *blocks, self._rest = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        return [event for block in blocks if (event := _event(block)) is not None]


def _event(block: bytes) -> ServerEvent | None:
    name, data = _UNNAMED, list[bytes]()
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = value.decode("utf-8", "replace")
        elif field == b"data":
            data.append(value)
    return ServerEvent(name, b"\n".join(data)) if data else None
