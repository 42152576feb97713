"""What the limiting policies count, as Microsoft's policy reference describes them."""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class SlidingLog:
    """Units of one key within the period that ends at present: `rate-limit-by-key`, `llm-token-limit`."""

    taken: deque[tuple[float, int]] = field(default_factory=deque[tuple[float, int]])

    def wait_seconds(self, *, allowed: int, period: float, now: float) -> int:
        """Return 0 where one more has room, else whole seconds until it has."""
        while self.taken and self.taken[0][0] <= now - period:
            self.taken.popleft()
        missing = sum(units for _, units in self.taken) + 1 - allowed
        for at, units in self.taken:
            if missing <= 0:
                break
            missing -= units
            if missing <= 0:
                return max(1, math.ceil(at + period - now))
        return 0

    def charge(self, units: int, *, now: float) -> None:
        self.taken.append((now, units))


@dataclass(slots=True)
class FixedWindow:
    """Calls of one key in a period that begins for all keys at once: `quota-by-key`."""

    number: int = -1
    used: int = 0

    def wait_seconds(self, *, allowed: int, period: float, since: float) -> int:
        """Return 0 where one more has room `since` seconds after the first period began, else seconds until then."""
        self._renew(period, since)
        return 0 if self.used < allowed else math.ceil(period - since % period)

    def charge(self, units: int, *, period: float, since: float) -> None:
        self._renew(period, since)
        self.used += units

    def _renew(self, period: float, since: float) -> None:
        number = int(since // period)
        if number != self.number:
            self.number, self.used = number, 0
