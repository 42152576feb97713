"""Stop calling a deployment that does not answer, and find out with single calls when it is back."""

from enum import StrEnum

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0


class BreakerState(StrEnum):
    """Closed lets every call through, open none, half open one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Opens after `threshold` failures in a row, and closes at the first success.

    While open it lets nothing through for a pause that doubles from 1 to 15 seconds, then one probe at a time.
    Failures are transport errors, time-outs and 5xx; a refused or wrong request proves that the deployment lives.
    The pattern is Nygard's (Release It!, 2007). Times are seconds of one monotonic clock.
    """

    def __init__(self, *, threshold: int = 20) -> None:
        self._threshold = threshold
        self._failures_in_a_row = 0
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._is_probing = False
        self.opened_at: float | None = None
        self._retry_at = 0.0

    def state(self, now: float) -> BreakerState:
        """Tell whether calls may be made at `now`."""
        if self.opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._retry_at else BreakerState.HALF_OPEN

    def delay(self, now: float) -> float:
        """Return 0 when a call may be made, else the seconds until it is worth asking again."""
        if self.opened_at is None:
            return 0.0
        if now < self._retry_at:
            return self._retry_at - now
        return _FIRST_PAUSE_SECONDS if self._is_probing else 0.0

    def on_start(self) -> None:
        """Note that a call begins; while half open it is the probe."""
        if self.opened_at is not None:
            self._is_probing = True

    def on_cancel(self) -> None:
        """Note that a call ended without telling anything."""
        self._is_probing = False

    def on_success(self) -> None:
        """Note a call that the deployment answered in any way that shows it lives."""
        self._failures_in_a_row = 0
        if self.opened_at is not None:
            self.opened_at = None
            self._pause_seconds = _FIRST_PAUSE_SECONDS
            self._is_probing = False

    def on_failure(self, now: float) -> None:
        """Note a call that came to nothing."""
        self._failures_in_a_row += 1
        if self.opened_at is not None:
            if self._is_probing:
                self._is_probing = False
                self._pause_seconds = min(_LONGEST_PAUSE_SECONDS, self._pause_seconds * 2)
                self._retry_at = now + self._pause_seconds
        elif self._failures_in_a_row >= self._threshold:
            self.opened_at = now
            self._retry_at = now + self._pause_seconds
