import dataclasses
from datetime import UTC, datetime, timedelta

from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.console.cause_watch import CauseWatch
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, FailureCause, LedgerCounts
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import BatchId, new_batch_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BATCH = Batch(id=new_batch_id(NOON), name="a.txt", state=BatchState.RUNNING, spec=BatchSpec(model="m"), created_at=NOON)


class CountedLedger(MemoryBatchLedger):
    """Counts how often causes are ranked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def causes(self, batch_id: BatchId, *, limit: int = 5) -> list[FailureCause]:  # noqa: ARG002  as the port
        self.asked += 1
        return [FailureCause(code=ErrorKind.TIMEOUT, count=self.asked, example="The model did not answer.")]


def failed(count: int, state: BatchState = BatchState.RUNNING) -> Batch:
    return dataclasses.replace(BATCH, state=state, counts=LedgerCounts(input=100, failed=count))


async def test_causes_are_ranked_at_most_every_ten_seconds_and_when_the_batch_has_ended() -> None:
    ledger = CountedLedger()
    watch = CauseWatch(ledger)
    for second in range(21):
        await watch.look(failed(second + 1), now=NOON + timedelta(seconds=second))
    assert ledger.asked == 3
    (cause,) = await watch.look(failed(22, BatchState.COMPLETED), now=NOON + timedelta(seconds=21))
    assert cause.count == 4


async def test_nothing_is_ranked_while_no_further_row_is_turned_away() -> None:
    ledger = CountedLedger()
    watch = CauseWatch(ledger)
    assert list(await watch.look(failed(0), now=NOON)) == []
    for minute in range(3):
        await watch.look(failed(7), now=NOON + timedelta(minutes=minute))
    assert ledger.asked == 1


async def test_rows_that_are_asked_again_are_turned_away_no_more() -> None:
    watch = CauseWatch(CountedLedger())
    await watch.look(failed(7), now=NOON)
    assert list(await watch.look(failed(0), now=NOON + timedelta(minutes=1))) == []
