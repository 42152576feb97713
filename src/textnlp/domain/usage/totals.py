"""Settled calls added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.usage.entry import CallOutcome, UsageEntry


class Grouping(StrEnum):
    """What calls are added up by."""

    DAY = "day"
    MODEL = "model"
    CALLER = "caller"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotal:
    """What the calls of one group used.

    Attributes:
        key: the day in UTC as `2026-03-01`, the model, the caller or the batch id; None for calls outside batches.
        unpriced: calls whose price is not known, which are missing from `cost`.
        cost: USD.
    """

    key: str | None
    calls: int = 0
    failed: int = 0
    cancelled: int = 0
    unpriced: int = 0
    usage: Usage = NO_USAGE
    cost: Decimal = Decimal(0)

    def plus(self, entry: UsageEntry) -> "UsageTotal":
        """Add a settled call."""
        return self.joined(
            UsageTotal(
                key=self.key,
                calls=1,
                failed=entry.outcome is CallOutcome.FAILED,
                cancelled=entry.outcome is CallOutcome.CANCELLED,
                unpriced=entry.cost is None,
                usage=entry.usage,
                cost=entry.cost or Decimal(0),
            ),
        )

    def joined(self, other: "UsageTotal") -> "UsageTotal":
        """Add other calls of the same group."""
        return UsageTotal(
            key=self.key,
            calls=self.calls + other.calls,
            failed=self.failed + other.failed,
            cancelled=self.cancelled + other.cancelled,
            unpriced=self.unpriced + other.unpriced,
            usage=self.usage.plus(other.usage),
            cost=self.cost + other.cost,
        )


def join_totals(totals: Iterable[UsageTotal]) -> list[UsageTotal]:
    """Add up totals of the same group, and sort by key; calls of no group come first."""
    joined: dict[str | None, UsageTotal] = {}
    for total in totals:
        known = joined.get(total.key)
        joined[total.key] = total if known is None else known.joined(total)
    return [joined[key] for key in sorted(joined, key=lambda key: key or "")]


def group_key(entry: UsageEntry, group_by: Grouping) -> str | None:
    """Return the group that a settled call belongs to."""
    reservation = entry.reservation
    match group_by:
        case Grouping.DAY:
            return reservation.created_at.astimezone(UTC).date().isoformat()
        case Grouping.MODEL:
            return reservation.model
        case Grouping.CALLER:
            return reservation.caller
        case Grouping.BATCH:
            return reservation.batch_id
