"""Server-sent events, in the form that browsers and OpenAI's clients read."""

from collections.abc import AsyncGenerator, Mapping

from litestar.response import Stream

from textnlp.api.closing import closed_after

EVENT_STREAM = "text/event-stream"
HEARTBEAT = b": still here\n\n"


def encode_event(data: bytes, *, name: str | None = None, event_id: str | None = None) -> bytes:
    """Write one event; data of several lines comes to the reader as it is."""
    lines = [*(b"data: " + line for line in data.split(b"\n")), b"", b""]
    if name is not None:
        lines.insert(0, b"event: " + name.encode())
    if event_id is not None:
        lines.insert(0, b"id: " + event_id.encode())
    return b"\n".join(lines)


def event_stream(events: AsyncGenerator[bytes], *, headers: Mapping[str, str] | None = None) -> Stream:
    """Answer with events as they come; `events` is closed at once when the reader hangs up."""
    return Stream(
        events,
        media_type=EVENT_STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **(headers or {})},
        background=closed_after(events),
    )
