"""Add usage up into hours and metrics, and take back what was set aside for calls whose process died."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.ports.meter import Meter
from textnlp.ports.usage_ledger import UsageLedger
from textnlp.topology.metrics import TOKENS_GENERATED

_SETTLED_BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedUsage:
    """How many calls were added up, and how many reservations were taken back."""

    calls: int
    expired: int


async def add_up_usage(usage: UsageLedger, *, meter: Meter, now: datetime) -> AddedUsage:
    """Add up the calls that were settled a minute ago or earlier; a call counts once, however often this runs.

    Raises `UNAVAILABLE` where the ledger is away.
    """
    expired = await usage.expire(now)
    added = await usage.roll_up(now - _SETTLED_BEFORE)
    for total in added:
        meter.record(TOKENS_GENERATED, total.usage.completion_tokens, dimensions=(total.key or "",))
    return AddedUsage(calls=sum(total.calls for total in added), expired=expired)
