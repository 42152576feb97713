"""The days for which telemetry is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What keeping to the days came to.

    Attributes:
        dropped: what went because its time is over, each as a name people can make sense of.
        crowded_out: what went earlier because too much was kept, likewise.
        size_bytes: what is left.
    """

    dropped: tuple[str, ...]
    crowded_out: tuple[str, ...]
    size_bytes: int


class TelemetryRetention(Protocol):
    """Makes place for days to come and lets go of those that are over, each as a whole.

    Several processes may do so at once. Raises `UNAVAILABLE` where the store cannot be reached, or is in use for too
    long to be changed.
    """

    async def prepare(self, now: datetime) -> None:
        """Make place for the day of `now` and those that the topology asks for ahead."""
        ...

    async def sweep(self, now: datetime) -> Retained:
        """Drop days that are over, and the oldest of those that are left while all together take too much.

        The day of `now` is emptied at worst, and forgotten are the processes that have said nothing for long.
        """
        ...
