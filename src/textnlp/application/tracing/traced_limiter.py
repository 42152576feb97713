"""A call limiter whose shared counts are seen in traces."""

from collections.abc import Sequence

from textnlp.domain.limits.decision import LimitDecision
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.tracer import Span, Tracer
from textnlp.topology.limits import CallLimit
from textnlp.topology.spans import DB_OPERATION, DB_SUMMARY, DB_SYSTEM, PEER

_PART = "cache"
_SYSTEM = "redis"
_COMMAND = "EVALSHA"
"""What both calls are to Redis: a run of the script that counts."""


class TracedCallLimiter:
    """Satisfies `CallLimiter` over one that counts in Redis, which it owns."""

    def __init__(self, limiter: CallLimiter, *, tracer: Tracer) -> None:
        self._limiter = limiter
        self._tracer = tracer

    async def take(self, caller: str, limits: Sequence[CallLimit], *, calls: int = 1, tokens: int = 0) -> LimitDecision:
        """Charge a call."""
        with self._call("take"):
            return await self._limiter.take(caller, limits, calls=calls, tokens=tokens)

    async def settle(
        self, caller: str, limits: Sequence[CallLimit], *, tokens: int, taken_seconds_ago: float = 0.0
    ) -> None:
        """Correct the tokens of a call."""
        with self._call("settle"):
            await self._limiter.settle(caller, limits, tokens=tokens, taken_seconds_ago=taken_seconds_ago)

    async def check(self) -> None:
        """Return when the counts can be reached."""
        await self._limiter.check()

    async def aclose(self) -> None:
        """Close the limiter."""
        await self._limiter.aclose()

    def _call(self, action: str) -> Span:
        attributes = {PEER: _PART, DB_SYSTEM: _SYSTEM, DB_OPERATION: _COMMAND, DB_SUMMARY: f"{_COMMAND} {action}"}
        return self._tracer.call(f"{_COMMAND} {action}", attributes=attributes)
