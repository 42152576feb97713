"""Why rows are turned away, as somebody watches a batch."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from textnlp.domain.batches.model import Batch, FailureCause
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.ports.batch_ledger import BatchLedger

_AGAIN_AFTER = timedelta(seconds=10)
_CAUSES = 5


class CauseWatch:
    """Ranks causes at most every ten seconds, at once of another batch, and once more when the batch has ended.

    Ranking reads every row that was turned away, which must not be done as often as somebody looks.
    """

    def __init__(self, ledger: BatchLedger) -> None:
        self._ledger = ledger
        self._causes: Sequence[FailureCause] = ()
        self._seen: tuple[str, int] = ("", 0)
        self._asked_at: datetime | None = None

    async def look(self, batch: Batch, *, now: datetime) -> Sequence[FailureCause]:
        """Return the causes of a batch, the most frequent first, as they were lately."""
        turned_away = batch.counts.rejected + batch.counts.failed
        if (batch.id, turned_away) == self._seen:
            return self._causes
        is_due = self._asked_at is None or now - self._asked_at >= _AGAIN_AFTER or batch.id != self._seen[0]
        if is_due or batch.state in TERMINAL_STATES:
            self._causes = await self._ledger.causes(batch.id, limit=_CAUSES) if turned_away else ()
            self._seen, self._asked_at = (batch.id, turned_away), now
        return self._causes
