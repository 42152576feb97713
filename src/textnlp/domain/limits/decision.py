"""Whether a call may be made, and what its caller is told about limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textnlp.topology.limits import CallLimit

MICROSECONDS = 1_000_000
"""Microseconds in a second: limits are counted in whole ones, so that no rounding lets a call through too early."""


class Standing(NamedTuple):
    """Where a caller stands with one limit.

    Attributes:
        used: units that count at present; more than the limit allows where an estimate was too low.
        wait_microseconds: time until what was asked for has room; 0 where it has.
        reset_microseconds: time until all of the limit is free again, when nothing more is taken.
    """

    limit: CallLimit
    used: int
    wait_microseconds: int
    reset_microseconds: int

    @property
    def remaining(self) -> int:
        """Units that are left."""
        return max(0, self.limit.allowed - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDecision:
    """Whether a call is let through, in the figures of one limit.

    That is the one with the longest wait where the call is refused, else the tightest: the one with the smallest share
    left. The figures are those of `RateLimit-Limit`, `-Remaining` and `-Reset` (draft 03 of
    draft-ietf-httpapi-ratelimit-headers) and of `Retry-After` (RFC 9110, 10.2.3); headers take whole seconds, rounded
    up.

    Attributes:
        remaining: units left after this call.
        reset_seconds: time until all of the limit is free again, when nothing more is taken.
        retry_after_seconds: time until the same call has room in every limit, if nothing else is taken; 0 where it is
            let through.
    """

    is_allowed: bool
    limit_name: str
    allowed: int
    remaining: int
    reset_seconds: float
    retry_after_seconds: float = 0.0


def decide(standings: Sequence[Standing]) -> LimitDecision:
    """Decide from where a caller stands with every limit that was asked for; the first of equals is named."""
    told = max(standings, key=_wait)
    if not told.wait_microseconds:
        told = min(standings, key=_share_left)
    return LimitDecision(
        is_allowed=not told.wait_microseconds,
        limit_name=told.limit.name,
        allowed=told.limit.allowed,
        remaining=told.remaining,
        reset_seconds=told.reset_microseconds / MICROSECONDS,
        retry_after_seconds=told.wait_microseconds / MICROSECONDS,
    )


def _wait(standing: Standing) -> int:
    return standing.wait_microseconds


def _share_left(standing: Standing) -> float:
    return 1 - standing.used / standing.limit.allowed
