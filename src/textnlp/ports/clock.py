"""Time, so that a test can move it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits; everything that does either goes through it."""

    def now(self) -> datetime:
        """Tell the wall-clock time, with time zone UTC."""
        ...

    def monotonic(self) -> float:
        """Tell seconds since an arbitrary start; never runs backwards, for durations and deadlines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...
