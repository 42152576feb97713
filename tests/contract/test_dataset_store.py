import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from textnlp.adapters.database.dataset_store import PostgresDatasetStore
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.domain.datasets.model import ReasonCount
from textnlp.domain.datasets.stored_run import RunProgress, RunState, RunVersion, StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import RunId, new_run_id
from textnlp.ports.dataset_store import DatasetStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> DatasetStore:
    if request.param == "memory":
        return MemoryDatasetStore()
    return PostgresDatasetStore(request.getfixturevalue("database"))


def run_at(hour: int = 0, *, tenant: str = "a") -> StoredRun:
    made_at = NOON + hour * HOUR
    return StoredRun(
        id=new_run_id(made_at),
        name="reviews",
        tenant=tenant,
        caller="ann",
        model="m-1",
        endpoint="embedded",
        rows=100,
        recipe_path="generations/batch/x/recipe.json",
        created_at=made_at,
    )


def ended(run: StoredRun) -> StoredRun:
    progress = RunProgress(
        candidates=12,
        accepted=9,
        rejected=2,
        failed=1,
        surplus=3,
        usage=Usage(prompt_tokens=7, completion_tokens=11),
        cost=Decimal("0.0125"),
        reasons=(ReasonCount(code="length", count=2, example="Too short."),),
    )
    versions = (RunVersion(number=1, rows=9, written_at=NOON, stopped_by="max_cost: all is spent."),)
    there = dataclasses.replace(run, progress=progress, versions=versions, rows=9)
    return there.ended(RunState.STOPPED, NOON + HOUR, reason="max_cost: all is spent.")


async def kind_of(store: DatasetStore, run_id: RunId) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await store.get(run_id)
    return caught.value.kind


async def test_a_run_is_returned_as_it_was_created_and_as_it_was_saved(store: DatasetStore) -> None:
    run = run_at()
    await store.create(run)
    assert await store.get(run.id) == run

    assert await store.save(ended(run), was=RunState.RUNNING)
    assert await store.get(run.id) == ended(run)


async def test_an_unknown_price_stays_unknown(store: DatasetStore) -> None:
    run = run_at()
    await store.create(run)
    await store.save(dataclasses.replace(run, progress=RunProgress(cost=None)), was=RunState.RUNNING)
    assert (await store.get(run.id)).progress.cost is None


async def test_only_one_of_two_changes_a_state(store: DatasetStore) -> None:
    run = run_at()
    await store.create(run)

    assert await store.save(run.paused(), was=RunState.RUNNING)
    assert not await store.save(ended(run), was=RunState.RUNNING)

    assert (await store.get(run.id)).state is RunState.PAUSED
    assert not await store.save(run_at(5), was=RunState.RUNNING)


async def test_what_a_run_was_created_with_stays(store: DatasetStore) -> None:
    run = run_at()
    await store.create(run)
    await store.save(dataclasses.replace(run, name="x", model="y", caller="z"), was=RunState.RUNNING)
    assert await store.get(run.id) == run


async def test_runs_are_listed_newest_first_and_those_at_work_oldest_first(store: DatasetStore) -> None:
    runs = [run_at(hour) for hour in range(4)]
    for run in runs:
        await store.create(run)
    await store.save(ended(runs[1]), was=RunState.RUNNING)

    newest = await store.newest(limit=2)
    assert [run.id for run in newest] == [runs[3].id, runs[2].id]
    assert [run.id for run in await store.newest(before=runs[2].id)] == [runs[1].id, runs[0].id]
    assert [run.id for run in await store.running()] == [runs[0].id, runs[2].id, runs[3].id]
    assert [run.id for run in await store.running(after=runs[0].id, limit=1)] == [runs[2].id]


async def test_runs_are_listed_by_their_state(store: DatasetStore) -> None:
    runs = [run_at(hour) for hour in range(4)]
    for run in runs:
        await store.create(run)
    await store.save(ended(runs[1]), was=RunState.RUNNING)
    await store.save(runs[2].paused(), was=RunState.RUNNING)

    halted = await store.newest(states=[RunState.PAUSED, RunState.STOPPED])
    assert [run.id for run in halted] == [runs[2].id, runs[1].id]
    running = await store.newest(states=[RunState.RUNNING], before=runs[3].id, limit=1)
    assert [run.id for run in running] == [runs[0].id]
    assert await store.newest(states=[]) == []


async def test_a_run_cannot_be_created_twice(store: DatasetStore) -> None:
    run = run_at()
    await store.create(run)
    with pytest.raises(TextNLPError) as caught:
        await store.create(run)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_a_tenant_sees_and_changes_only_its_own(store: DatasetStore) -> None:
    mine, others = run_at(tenant="a"), run_at(1, tenant="b")
    await store.create(mine)
    await store.create(others)
    seen = store.for_tenant("a")

    assert [run.id for run in await seen.newest()] == [mine.id]
    assert [run.id for run in await seen.running()] == [mine.id]
    assert await kind_of(seen, others.id) is ErrorKind.NOT_FOUND
    assert not await seen.save(ended(others), was=RunState.RUNNING)
    with pytest.raises(TextNLPError) as caught:
        await seen.create(run_at(2, tenant="b"))
    assert caught.value.kind is ErrorKind.FORBIDDEN
    await seen.create(run_at(3, tenant="a"))


async def test_a_run_that_is_not_there_is_not_found(store: DatasetStore) -> None:
    assert await kind_of(store, RunId("run_nothing\0")) is ErrorKind.NOT_FOUND
