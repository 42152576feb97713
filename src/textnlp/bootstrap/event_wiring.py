"""Where events are published: the platform's own queues, or a topic of Azure Event Grid."""

from textnlp.application.route_events import LocalEvents
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.event_publisher import EventPublisher
from textnlp.ports.job_queue import JobQueue
from textnlp.settings import Settings


def event_publisher(settings: Settings, queue: JobQueue, tokens: AccessTokens | None = None) -> EventPublisher:
    """Return what the settings say, without connecting; raise `INVALID_INPUT` for an address that is none."""
    if settings.event_grid_url is None:
        return LocalEvents(queue)
    from textnlp.adapters.events.event_grid import EventGridPublisher  # noqa: PLC0415  only where it is asked for

    return EventGridPublisher(settings.event_grid_url, tokens=access_tokens(tokens), clock=SYSTEM_CLOCK)
