"""Make the batch of a round: its candidates drawn, written and sent to the queue."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.send_slices import send_slices
from textnlp.domain.batches.model import (
    Batch,
    BatchSpec,
    BatchState,
    CandidateStart,
    DatasetRound,
    LedgerCounts,
    PromptRow,
)
from textnlp.domain.batches.paths import requests_path
from textnlp.domain.batches.requests import encode_request
from textnlp.domain.batches.slice_layout import SliceLayout
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_batch_id

_ROWS_A_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """What a round is to be.

    Attributes:
        number: 0-based.
        first: number of its first candidate; `count` candidates follow one another.
        open_cells: by quota column, rows that each cell still needs.
        slice_rows: candidates that travel as one message.
    """

    number: int
    first: int
    count: int
    open_cells: Mapping[str, Sequence[int]]
    slice_rows: int


async def plan_round(ports: BatchPorts, run: DatasetRun, draws: CandidateDraws, plan: RoundPlan) -> Batch:
    """Return the batch of a round in state `RUNNING`, its candidates drawn.

    A round that an earlier process began is finished being planned; one that is planned stays as it is. Memory does not
    grow with the round, but for its quotas. Raises what drawing raises.
    """
    batch = await _found_or_created(ports, run, plan)
    if batch.state is not BatchState.INGESTING:
        return batch
    assigned = draws.assign(plan.open_cells, round_number=plan.number, count=plan.count)
    layout = SliceLayout(plan.slice_rows)
    async with ports.blobs.open_writer(batch.requests_path) as writer:
        for start in range(0, plan.count, _ROWS_A_CHUNK):
            size = min(_ROWS_A_CHUNK, plan.count - start)
            lines: list[bytes] = []
            for place, candidate in enumerate(await draws.draw(plan.first + start, size), start):
                quotas = {name: values[place] for name, values in assigned.items()}
                lines.append(encode_request(_row(place, candidate, quotas)))
                layout.add(len(lines[-1]))
            await writer.write(b"".join(lines))
    layout.close_slice()
    started = dataclasses.replace(
        batch,
        state=BatchState.RUNNING,
        counts=LedgerCounts(input=layout.rows),
        slice_count=len(layout.slices),
    )
    await ports.ledger.start(started, layout.slices, [])
    await send_slices(ports, batch.id, layout.slices)
    return await ports.ledger.get(batch.id)


async def _found_or_created(ports: BatchPorts, run: DatasetRun, plan: RoundPlan) -> Batch:
    source = run.round_source(plan.number)
    found = await ports.ledger.find_by_source(source)
    if found is not None:
        return found
    now = ports.clock.now()
    batch_id = new_batch_id(now)
    stated = DatasetRound(run=run.id, number=plan.number, first=plan.first, recipe_path=run.recipe_path)
    batch = Batch(
        id=batch_id,
        name=f"{run.recipe.name}, round {plan.number + 1}",
        state=BatchState.INGESTING,
        spec=BatchSpec(model=run.model, endpoint=run.endpoint, round=stated),
        created_at=now,
        tenant=run.owner.tenant,
        caller=run.owner.caller,
        source=source,
        requests_path=requests_path(batch_id),
    )
    try:
        await ports.ledger.create(batch)
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        found = await ports.ledger.find_by_source(source)
        if found is None:
            raise
        return found
    return batch


def _row(place: int, candidate: CandidateStart, quotas: Mapping[str, object]) -> PromptRow:
    values = {**candidate.values, **quotas} if quotas else candidate.values
    return PromptRow(
        index=place,
        id=str(place + 1),
        has_own_id=False,
        line=place + 1,
        messages=(),
        candidate=CandidateStart(values=values, seed=candidate.seed),
    )
