"""The time that limits are counted by."""

from textnlp.domain.limits.decision import MICROSECONDS
from textnlp.ports.clock import Clock


class SteadyTime:
    """Microseconds since 1970 as the wall clock had them at first, going on evenly whatever corrects that clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = round(clock.now().timestamp() * MICROSECONDS) - self._passed()

    def now(self) -> int:
        """Return the present moment."""
        return self._began + self._passed()

    def _passed(self) -> int:
        return round(self._clock.monotonic() * MICROSECONDS)
