"""Parts of pages that change while somebody looks, as server-sent events."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from litestar.response import Stream

from textnlp.api.event_stream import HEARTBEAT, encode_event, event_stream
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_LOOK_SECONDS = 1.0
_HEARTBEAT_SECONDS = 15.0
_RECONNECT = b"retry: 1000\n\n"
UPDATE = "update"
"""Event with the part as it is."""
END = "end"
"""Event after which nothing changes any more; the page stops listening."""


def live_part(look: Callable[[], Awaitable[tuple[str, bool]]], clock: Clock) -> Stream:
    """Answer with a part of a page at once, and again whenever it changed; browsers that lost it come back.

    `look` returns the part's text, and whether it has ended. A store that is away for a while is waited for.
    """
    return event_stream(_updates(look, clock))


async def _updates(look: Callable[[], Awaitable[tuple[str, bool]]], clock: Clock) -> AsyncGenerator[bytes]:
    yield _RECONNECT
    shown = ""
    sent_at = clock.monotonic()
    while True:
        try:
            text, has_ended = await look()
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            text, has_ended = shown, False
        now = clock.monotonic()
        if text != shown:
            yield encode_event(text.encode(), name=UPDATE)
            shown, sent_at = text, now
        elif now - sent_at >= _HEARTBEAT_SECONDS:
            yield HEARTBEAT
            sent_at = now
        if has_ended:
            yield encode_event(b"ended", name=END)
            return
        await clock.sleep(_LOOK_SECONDS)
