"""The call limiter: how much each caller may still use."""

from collections.abc import Sequence
from typing import Protocol

from textnlp.domain.limits.decision import LimitDecision
from textnlp.topology.limits import CallLimit


class CallLimiter(Protocol):
    """Counts what every caller takes of every limit, and says no to what is above.

    For each limit, no window of its period's length lets more than it allows through, and all of it may be taken at
    once; `domain.limits.window` says how that is counted. Raises `UNAVAILABLE` when the counts cannot be reached.
    """

    async def take(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        calls: int = 1,
        tokens: int = 0,
    ) -> LimitDecision:
        """Charge a call to all limits where every one has room, and none of them otherwise.

        A limit of which nothing is taken, such as one of tokens for a call that generates none, is not looked at.
        Raises `TOO_LARGE` with the limit's name for more than it allows in a whole period.
        """
        ...

    async def settle(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        tokens: int,
        taken_seconds_ago: float = 0.0,
    ) -> None:
        """Correct the tokens of a call that were taken on an estimate `taken_seconds_ago`.

        `tokens` is what was used less what was taken. What was used beyond the estimate is counted as used at present
        and may exceed the limit, so that the next call waits; what was not used has room again, unless it has anyway.
        """
        ...

    async def check(self) -> None:
        """Return when the counts can be reached, raise `UNAVAILABLE` saying what to do otherwise."""
        ...

    async def aclose(self) -> None:
        """Let go of all connections; closing twice is harmless."""
        ...
