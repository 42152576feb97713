"""Count requests by what they were answered with, from the store of telemetry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.domain.errors import invalid_input
from textnlp.domain.telemetry.rollups import BinQuery
from textnlp.ports.telemetry_reader import TelemetryReader
from textnlp.topology.metrics import REQUEST_SECONDS

_STATUS = REQUEST_SECONDS.dimensions.index("http.response.status_code")
_LONGEST = timedelta(days=31)
_ONE_BIN_SECONDS = 366 * 86_400
"""Bins so wide that two cover any stretch; a stretch may lie across where one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultShare:
    """Requests with one answer.

    Attributes:
        status: as in HTTP; empty for callers who hung up before there was one.
        share: part of all requests.
    """

    status: str
    count: int
    share: float


async def count_results(reader: TelemetryReader, *, since: datetime, until: datetime) -> list[ResultShare]:
    """Return how often each status was the answer from `since` to just before `until`, the most frequent first.

    Raises `INVALID_INPUT` for a time that is empty or longer than 31 days.
    """
    if not timedelta(0) < until - since <= _LONGEST:
        raise invalid_input("The time must be longer than nothing and at most 31 days.", field="until")
    asked = BinQuery(
        metric=REQUEST_SECONDS.name,
        since=since,
        until=until,
        bin_seconds=_ONE_BIN_SECONDS,
        split_by=_STATUS,
        has_buckets=False,
    )
    counts: dict[str, int] = {}
    for each in await reader.bins(asked):
        counts[each.split] = counts.get(each.split, 0) + each.count
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return [ResultShare(status=status, count=count, share=count / total) for status, count in ranked if count]
