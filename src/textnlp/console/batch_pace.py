"""How fast a batch goes, as somebody watches it."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.domain.batches.model import Batch

_WINDOW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Rows a second, and how long what is left takes at that; None where nothing moved yet."""

    rows_per_second: float | None
    left: timedelta | None


class BatchPace:
    """Measures over the last ten seconds of watching, and before that over the whole time since the batch began."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, int]] = deque()

    def measure(self, batch: Batch, *, now: datetime) -> Pace:
        """Add what the batch has done at `now`, and return the pace."""
        counts = batch.counts
        return self.measure_rows(
            counts.done, left=counts.pending, begun_at=batch.created_at, now=now, ended_at=batch.finished_at
        )

    def measure_rows(
        self, done: int, *, left: int, begun_at: datetime, now: datetime, ended_at: datetime | None = None
    ) -> Pace:
        """Add how many rows were done at `now`, of anything that makes rows, and return the pace."""
        self._seen.append((now, done))
        while len(self._seen) > 1 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        if len(self._seen) == 1:
            since, before = begun_at, 0
        passed = ((ended_at or now) - since).total_seconds()
        if passed <= 0 or done <= before:
            return Pace(rows_per_second=None, left=None)
        rate = (done - before) / passed
        return Pace(rows_per_second=rate, left=timedelta(seconds=left / rate))
