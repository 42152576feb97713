import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.generation_store import PostgresGenerationStore
from textnlp.adapters.database.memory_generation_store import MemoryGenerationStore
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.generation.record import GenerationRecord, GenerationState
from textnlp.domain.identifiers import GenerationId, new_generation_id
from textnlp.ports.generation_store import GenerationStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=9)
USAGE = Usage(prompt_tokens=7, completion_tokens=11, cached_tokens=2, reasoning_tokens=3)
REFUSED = TextNLPError("No.", kind=ErrorKind.CONTENT_FILTERED)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> GenerationStore:
    if request.param == "memory":
        return MemoryGenerationStore()
    return PostgresGenerationStore(request.getfixturevalue("database"))


def record(*, tenant: str = "a", caller: str = "b") -> GenerationRecord:
    return GenerationRecord(id=new_generation_id(NOON), model="m-1", created_at=NOON, tenant=tenant, caller=caller)


async def test_a_generation_is_returned_as_it_was_created(store: GenerationStore) -> None:
    one = record()
    await store.create(one)
    assert await store.get(one.id) == one
    with pytest.raises(TextNLPError) as caught:
        await store.create(one)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_it_ends_once(store: GenerationStore) -> None:
    one = record()
    await store.create(one)
    assert await store.complete(one.id, usage=USAGE, at=LATER)
    assert not await store.fail(one.id, REFUSED, at=LATER)
    assert not await store.complete(one.id, usage=NO_USAGE, at=LATER)
    assert await store.get(one.id) == dataclasses.replace(
        one, state=GenerationState.COMPLETED, usage=USAGE, finished_at=LATER
    )


async def test_a_failed_one_says_why(store: GenerationStore) -> None:
    one = record()
    await store.create(one)
    assert await store.fail(one.id, REFUSED, at=LATER)
    found = await store.get(one.id)
    assert (found.state, found.code, found.message) == (GenerationState.FAILED, ErrorKind.CONTENT_FILTERED, "No.")


async def test_what_is_not_there_is_not_found(store: GenerationStore) -> None:
    unknown = new_generation_id(NOON)
    calls = (
        store.get(unknown),
        store.get(GenerationId("a\0b")),
        store.complete(unknown, usage=USAGE, at=LATER),
        store.fail(unknown, REFUSED, at=LATER),
    )
    for call in calls:
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_tenant_reaches_its_own_generations_only(store: GenerationStore) -> None:
    mine, theirs = record(tenant="mine"), record(tenant="theirs")
    ours = store.for_tenant("mine")
    await ours.create(mine)
    await store.create(theirs)
    assert await ours.get(mine.id) == mine
    for call in (ours.get(theirs.id), ours.complete(theirs.id, usage=USAGE, at=LATER)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND
    with pytest.raises(TextNLPError) as caught:
        await ours.create(record(tenant="theirs"))
    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert (await store.get(theirs.id)).state is GenerationState.QUEUED
