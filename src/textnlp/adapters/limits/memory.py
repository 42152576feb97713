"""Counts inside the process."""

from collections import OrderedDict
from collections.abc import Sequence

from textnlp.adapters.limits.steady_time import SteadyTime
from textnlp.domain.limits.charges import charges, counting_tokens
from textnlp.domain.limits.decision import MICROSECONDS, LimitDecision, decide
from textnlp.domain.limits.window import UsageWindow
from textnlp.ports.clock import Clock
from textnlp.topology.limits import CallLimit


class MemoryCallLimiter:
    """Satisfies `CallLimiter` for one process, and forgets with it.

    Keeps the counts of `max_callers` callers and forgets the one that has been idle for longest when another comes; a
    caller that calls all the time takes some kilobytes. No method waits for anything, so that none needs a lock within
    one event loop.
    """

    def __init__(self, *, clock: Clock, max_callers: int = 10_000) -> None:
        self._time = SteadyTime(clock)
        self._max_callers = max_callers
        self._callers: OrderedDict[str, dict[str, UsageWindow]] = OrderedDict()

    async def take(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        calls: int = 1,
        tokens: int = 0,
    ) -> LimitDecision:
        """Charge a call to all limits where every one has room, and none of them otherwise."""
        charged = charges(limits, calls=calls, tokens=tokens)
        now = self._time.now()
        windows = self._windows(caller, [limit for limit, _ in charged])
        waits = [window.wait(limit, units, now=now) for window, (limit, units) in zip(windows, charged, strict=True)]
        if not any(waits):
            for window, (limit, units) in zip(windows, charged, strict=True):
                window.charge(limit, units, now=now)
        return decide(
            [
                window.standing(limit, now=now, wait=wait)
                for window, wait, (limit, _) in zip(windows, waits, charged, strict=True)
            ],
        )

    async def settle(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        tokens: int,
        taken_seconds_ago: float = 0.0,
    ) -> None:
        """Correct the tokens of a call that were taken on an estimate."""
        now = self._time.now()
        counted = counting_tokens(limits) if tokens else []
        for limit, window in zip(counted, self._windows(caller, counted), strict=True):
            if tokens > 0:
                window.charge(limit, tokens, now=now)
            else:
                window.give_back(limit, -tokens, now=now, taken_ago=round(taken_seconds_ago * MICROSECONDS))

    async def check(self) -> None:
        """Return: the process has its own counts."""

    async def aclose(self) -> None:
        """Forget everything."""
        self._callers.clear()

    def _windows(self, caller: str, limits: Sequence[CallLimit]) -> list[UsageWindow]:
        windows = self._callers.get(caller)
        if windows is None:
            if len(self._callers) >= self._max_callers:
                self._callers.popitem(last=False)
            windows = self._callers[caller] = {}
        else:
            self._callers.move_to_end(caller)
        for limit in limits:
            if limit.name not in windows:
                windows[limit.name] = UsageWindow()
        return [windows[limit.name] for limit in limits]
