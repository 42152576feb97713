"""Where the platform tells what has happened."""

from collections.abc import Sequence
from typing import Protocol

from textnlp.domain.messaging.cloud_event import CloudEvent


class EventPublisher(Protocol):
    """Carries events to whoever the topology's routes name; one that is published twice may arrive once or twice."""

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Return when all are taken.

        Raises `UNAVAILABLE` or `RATE_LIMITED` where trying again may help, in which case some may have been taken;
        `FORBIDDEN`, `UNAUTHENTICATED` and `INVALID_INPUT` where the set-up is wrong; `TOO_LARGE` for an event that is.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; closing twice is harmless."""
        ...
