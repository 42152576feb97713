from datetime import UTC, datetime
from typing import Any

from tests.factories.dataset_runs import RUN
from tests.factories.memory_platform import MODEL, memory_ports
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.plan_round import RoundPlan, plan_round
from textnlp.application.send_slices import queued_slices
from textnlp.application.topic_source import TopicSource
from textnlp.domain.batches.model import Batch, BatchState, PromptRow
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.datasets.paths import recipe_path
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.datasets.selection import Selection
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.topics.tree import Topic, TopicTree

COLUMNS: dict[str, dict[str, Any]] = {
    "stars": {"kind": "uniform", "low": 1, "high": 5, "decimals": 0},
    "cell": {"kind": "quota", "factors": {"tone": ["kind", "angry"]}},
}
TREE = TopicTree(root=Topic(text="lamps", topics=(Topic(text="desk"), Topic(text="floor"))), depth=1, degree=2)


def run_of(recipe: Recipe) -> DatasetRun:
    return DatasetRun(
        id=RUN,
        recipe=recipe,
        recipe_path=recipe_path(RUN),
        model=MODEL,
        endpoint="memory",
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


async def planned(ports: BatchPorts, recipe: Recipe, *, first: int = 0, count: int = 10, number: int = 0) -> Batch:
    draws = CandidateDraws(recipe, plan_recipe(recipe, seed_fields=None), seeds=TopicSource(TREE))
    plan = RoundPlan(number=number, first=first, count=count, open_cells=Selection(recipe).open_cells(), slice_rows=4)
    return await plan_round(ports, run_of(recipe), draws, plan)


async def rows_of(ports: BatchPorts, batch: Batch) -> list[PromptRow]:
    return decode_requests(await ports.blobs.get(batch.requests_path))


SEEDED = recipe_of(COLUMNS, seeds={"kind": "topics", "root": "lamps"}, accept={"rows": 10})


async def test_a_round_is_a_running_batch_of_candidates_in_slices() -> None:
    ports = memory_ports()

    batch = await planned(ports, SEEDED, first=30, number=3)

    assert batch.state is BatchState.RUNNING
    assert batch.counts.input == 10
    assert batch.spec.round is not None
    assert (batch.spec.round.first, batch.spec.round.number) == (30, 3)
    assert len(await queued_slices(ports)) == 3


async def test_candidates_begin_with_their_seed_what_is_drawn_and_their_cell() -> None:
    ports = memory_ports()

    rows = await rows_of(ports, await planned(ports, SEEDED))

    starts = [row.candidate for row in rows]
    assert all(start is not None and 1 <= start.values["stars"] <= 5 for start in starts)
    assert [start.values["topic"] for start in starts if start][:3] == ["desk", "floor", "desk"]
    assert [start.seed for start in starts if start][1] == {"index": 1, "topic": "floor"}
    assert sorted(start.values["cell"]["tone"] for start in starts if start) == ["angry"] * 5 + ["kind"] * 5


async def test_planning_a_round_again_leaves_it_as_it_is() -> None:
    ports = memory_ports()
    first = await planned(ports, SEEDED)

    again = await planned(ports, SEEDED, count=99)

    assert again.id == first.id
    assert again.counts.input == 10


async def test_a_candidate_begins_with_the_same_whichever_round_it_is_in() -> None:
    one = await rows_of(ports := memory_ports(), await planned(ports, SEEDED, first=0, count=20))
    other = await rows_of(ports := memory_ports(), await planned(ports, SEEDED, first=10, count=10))

    def drawn(row: PromptRow) -> Any:
        return None if row.candidate is None else (row.candidate.values["stars"], row.candidate.values["topic"])

    assert [drawn(row) for row in one[10:]] == [drawn(row) for row in other]
