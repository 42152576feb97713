"""Something that changes, as server-sent events."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from textnlp.api.event_stream import HEARTBEAT, encode_event
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

PROGRESS = "progress"
"""Event with what something has come to."""

END = "end"
"""Event after which nothing changes any more."""

_LOOK_SECONDS = 0.5
_HEARTBEAT_SECONDS = 15.0
_RECONNECT = b"retry: 1000\n\n"

_Thing = TypeVar("_Thing")
_Shown = TypeVar("_Shown")
_encode_json = msgspec.json.Encoder(decimal_format="string").encode


async def followed(
    first: _Thing,
    *,
    look: Callable[[], Awaitable[_Thing]],
    show: Callable[[_Thing], _Shown],
    show_ended: Callable[[_Thing], _Shown | None],
    clock: Clock,
    encode: Callable[[Any], bytes] = _encode_json,
) -> AsyncGenerator[bytes]:
    """Yield an event `progress` at once and whenever what is shown changes, and `end` once there is an end to show.

    While nothing changes a comment every 15 seconds keeps the connection open. A store that is away for a while is
    waited for. Events are numbered from 1 in each stream: one that is opened again begins with the present state.
    """
    thing = first
    shown: _Shown | None = None
    number = 0
    sent_at = clock.monotonic()
    yield _RECONNECT
    while True:
        now = clock.monotonic()
        present = show(thing)
        if present != shown:
            number += 1
            yield encode_event(encode(present), name=PROGRESS, event_id=str(number))
            shown, sent_at = present, now
        elif now - sent_at >= _HEARTBEAT_SECONDS:
            yield HEARTBEAT
            sent_at = now
        ended = show_ended(thing)
        if ended is not None:
            yield encode_event(encode(ended), name=END, event_id=str(number + 1))
            return
        await clock.sleep(_LOOK_SECONDS)
        try:
            thing = await look()
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
