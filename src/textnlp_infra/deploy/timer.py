"""The passing of time, for those who wait for Azure."""

from typing import Protocol


class Timer(Protocol):
    """Measures time and waits."""

    def monotonic(self) -> float:
        """Tell seconds since an arbitrary start; never runs backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...
