"""Parts of pages that change while somebody looks, as server-sent events."""

from collections.abc import Awaitable, Callable

from litestar.response import Stream

from textnlp.api.event_stream import event_stream
from textnlp.api.followed import followed
from textnlp.ports.clock import Clock

_ENDED = "ended"


async def live_part(look: Callable[[], Awaitable[tuple[str, bool]]], clock: Clock) -> Stream:
    """Answer with a part of a page at once, and again whenever it changed; browsers that lost it come back.

    `look` returns the part's text, and whether it has ended. A store that is away for a while is waited for.
    """
    events = followed(
        await look(),
        look=look,
        show=lambda seen: seen[0],
        show_ended=lambda seen: _ENDED if seen[1] else None,
        clock=clock,
        encode=str.encode,
    )
    return event_stream(events)
