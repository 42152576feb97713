"""Caps a minute, for requests and for tokens."""

_SECONDS_PER_MINUTE = 60.0


class RateBudget:
    """Lets `per_minute` units through a minute, evenly, after a burst of up to `burst_seconds` worth of them.

    It is the generic cell rate algorithm (ITU-T I.371) in its virtual-scheduling form: one number is kept, the time at
    which all that was taken so far will have been earned. Times are seconds of one monotonic clock.
    """

    def __init__(self, *, per_minute: int, burst_seconds: float = 1.0) -> None:
        self._seconds_per_unit = _SECONDS_PER_MINUTE / per_minute
        self._burst_seconds = max(burst_seconds, self._seconds_per_unit)
        self._earned_at = 0.0

    def delay(self, now: float) -> float:
        """Return 0 when a unit may be taken, else the seconds until then."""
        return max(0.0, self._earned_at + self._seconds_per_unit - self._burst_seconds - now)

    def take(self, units: float, *, now: float) -> None:
        """Take units; more than the burst is lent, and the next caller waits for it."""
        self._earned_at = max(self._earned_at, now) + units * self._seconds_per_unit

    def give_back(self, units: float) -> None:
        """Return units that were taken on an estimate and not used; negative for units used beyond it."""
        self._earned_at -= units * self._seconds_per_unit
