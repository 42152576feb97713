from datetime import UTC, datetime, timedelta

from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.application.list_rounds import RunRounds
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.datasets.run import round_source
from textnlp.domain.identifiers import RunId, new_batch_id

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUN = RunId("run_1")


def round_of(run: RunId, number: int, *, state: BatchState = BatchState.COMPLETED) -> Batch:
    at = NOON + timedelta(hours=number)
    source = round_source(run, number)
    return Batch(
        id=new_batch_id(at), name="slogans", state=state, spec=BatchSpec(model="m-1"), created_at=at, source=source
    )


async def test_rounds_are_listed_in_order_and_those_of_other_runs_are_not() -> None:
    ledger = MemoryBatchLedger()
    first, second = round_of(RUN, 0), round_of(RUN, 1, state=BatchState.RUNNING)
    for batch in (second, round_of(RunId("run_2"), 0), first):
        await ledger.create(batch)
    rounds = RunRounds(ledger, RUN, limit=10)
    assert [batch.id for batch in await rounds.look()] == [first.id, second.id]


async def test_a_further_look_shows_what_has_come_and_changed() -> None:
    ledger = MemoryBatchLedger()
    running = round_of(RUN, 1, state=BatchState.RUNNING)
    await ledger.create(round_of(RUN, 0))
    await ledger.create(running)
    rounds = RunRounds(ledger, RUN, limit=10)
    await rounds.look()
    await ledger.set_state(running.id, BatchState.FAILED, at=NOON)
    await ledger.create(round_of(RUN, 2))
    states = [batch.state for batch in await rounds.look()]
    assert states == [BatchState.COMPLETED, BatchState.FAILED, BatchState.COMPLETED]


async def test_no_more_rounds_are_listed_than_asked_for() -> None:
    ledger = MemoryBatchLedger()
    for number in range(3):
        await ledger.create(round_of(RUN, number))
    assert len(await RunRounds(ledger, RUN, limit=2).look()) == 2
