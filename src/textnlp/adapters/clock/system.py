"""The machine's own time."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Tells the time of the machine and waits on the event loop."""

    def now(self) -> datetime:
        """Tell the wall-clock time, with time zone UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Tell seconds since an arbitrary start; never runs backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`; nothing or less only lets others run."""
        await asyncio.sleep(max(0.0, seconds))
