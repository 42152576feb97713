from dataclasses import replace

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, process, rollup
from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.show_figures import show_figures
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.identifiers import new_batch_id
from textnlp.topology.metrics import ROWS_RECORDED


async def test_processes_that_are_there_and_batches_under_way_are_shown() -> None:
    clock, ledger = ManualClock(now=NOON), MemoryBatchLedger()
    store = MemoryTelemetry(clock=clock)
    await store.show(process(rollup(ROWS_RECORDED, "accepted", value=60), at=-10))
    await store.show(process(rollup(ROWS_RECORDED, "accepted", value=60), at=-20, instance="gone"))
    running = Batch(
        id=new_batch_id(NOON),
        name="a.jsonl",
        state=BatchState.INGESTING,
        spec=BatchSpec(model="m", endpoint="e"),
        created_at=NOON,
        tenant="a",
    )
    await ledger.create(running)
    await ledger.create(replace(running, id=new_batch_id(NOON), state=BatchState.COMPLETED))
    view = await show_figures(store, ledger, clock=clock)
    assert view.figures.rows_per_second == 1
    assert [batch.id for batch in view.batches] == [running.id]
    assert view.figures.at == NOON
