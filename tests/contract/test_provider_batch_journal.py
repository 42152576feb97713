import dataclasses
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from textnlp.adapters.database.memory_provider_batch_journal import MemoryProviderBatchJournal
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.provider_batch_journal import PostgresProviderBatchJournal
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey, new_provider_batch_key
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

if TYPE_CHECKING:
    from collections.abc import Awaitable

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def everyones(request: pytest.FixtureRequest) -> ProviderBatchJournal:
    if request.param == "memory":
        return MemoryProviderBatchJournal()
    return PostgresProviderBatchJournal(request.getfixturevalue("database"))


@pytest.fixture
def journal(everyones: ProviderBatchJournal) -> ProviderBatchJournal:
    return everyones.for_tenant("mine")


def batch(hour: int = 0, *, deployment: str = "west", rows: int = 3) -> ProviderBatch:
    at = NOON + hour * HOUR
    return ProviderBatch(
        key=new_provider_batch_key(at),
        deployment=deployment,
        model="m-1",
        hashes=tuple(hashlib.blake2b(bytes([row]), digest_size=16).digest() for row in range(rows)),
        prompt_tokens=5_000_000_000,
        round=2,
        recorded_at=at,
        touched_at=at,
    )


async def test_a_batch_comes_back_as_it_was_recorded_and_marked(journal: ProviderBatchJournal) -> None:
    one = batch()
    await journal.record(one)
    assert await journal.find(one.key) == one
    assert await journal.mark(one.key, file_id="f", batch_id=None, at=NOON + HOUR)
    assert await journal.find(one.key) == dataclasses.replace(one, file_id="f", touched_at=NOON + HOUR)
    assert await journal.mark(one.key, file_id="f", batch_id="b", at=NOON + 2 * HOUR)
    assert await journal.find(one.key) == dataclasses.replace(
        one, file_id="f", batch_id="b", touched_at=NOON + 2 * HOUR
    )
    assert await journal.mark(one.key, file_id="f", batch_id=None, at=NOON + 3 * HOUR)
    found = await journal.find(one.key)
    assert found is not None
    assert found.batch_id is None


async def test_a_key_is_recorded_once(journal: ProviderBatchJournal) -> None:
    one = batch()
    await journal.record(one)
    with pytest.raises(TextNLPError) as caught:
        await journal.record(dataclasses.replace(one, model="other"))
    assert caught.value.kind is ErrorKind.CONFLICT
    assert await journal.find(one.key) == one


async def test_a_batch_of_no_requests_is_kept_as_such(journal: ProviderBatchJournal) -> None:
    one = batch(rows=0)
    await journal.record(one)
    assert await journal.find(one.key) == one


async def test_what_is_settled_is_gone_for_good(journal: ProviderBatchJournal) -> None:
    one = batch()
    await journal.record(one)
    assert await journal.settle(one.key)
    assert await journal.find(one.key) is None
    assert not await journal.settle(one.key)
    assert not await journal.mark(one.key, file_id="f", batch_id="b", at=NOON)
    assert await journal.find(one.key) is None


async def test_batches_of_a_deployment_are_listed_oldest_first_page_by_page(journal: ProviderBatchJournal) -> None:
    batches = [batch(hour) for hour in (1, 0, 2)]
    for each in (*batches, batch(3, deployment="east")):
        await journal.record(each)
    first = await journal.unsettled("west", limit=2)
    assert list(first) == [batches[1], batches[0]]
    assert list(await journal.unsettled("west", after=first[-1].key)) == [batches[2]]
    assert list(await journal.unsettled("north")) == []


async def test_only_what_nobody_sees_to_is_taken_for_abandoned(journal: ProviderBatchJournal) -> None:
    uploaded, created, alive = batch(0), batch(1), batch(2)
    for each in (uploaded, created, alive):
        await journal.record(each)
    await journal.mark(created.key, file_id="f", batch_id="b", at=NOON)
    await journal.mark(alive.key, file_id="f", batch_id=None, at=NOON + 5 * HOUR)
    since = NOON + 4 * HOUR
    assert [await journal.settle_untouched(each.key, since=since) for each in (uploaded, created, alive)] == [
        True,
        False,
        False,
    ]
    assert not await journal.settle_untouched(uploaded.key, since=since)
    assert [each.key for each in await journal.unsettled("west")] == [created.key, alive.key]


async def test_a_tenant_reaches_its_own_batches_only(everyones: ProviderBatchJournal) -> None:
    mine, theirs = everyones.for_tenant("mine"), everyones.for_tenant("theirs")
    one = batch()
    await mine.record(one)
    assert await theirs.find(one.key) is None
    assert await theirs.unsettled("west") == []
    assert not await theirs.mark(one.key, file_id="x", batch_id="x", at=NOON)
    assert not await theirs.settle_untouched(one.key, since=NOON + 9 * HOUR)
    assert not await theirs.settle(one.key)
    assert await theirs.forget_before(NOON + HOUR) == 0
    assert await mine.find(one.key) == one


async def test_nothing_is_done_on_nobodys_behalf(everyones: ProviderBatchJournal) -> None:
    key = new_provider_batch_key(NOON)
    calls: list[Awaitable[Any]] = [
        everyones.record(batch()),
        everyones.mark(key, file_id="f", batch_id=None, at=NOON),
        everyones.find(key),
        everyones.unsettled("west"),
        everyones.settle(key),
        everyones.settle_untouched(key, since=NOON),
    ]
    for call in calls:
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.INTERNAL


async def test_what_is_old_is_removed_for_everybody(everyones: ProviderBatchJournal) -> None:
    old, young = batch(0), batch(2)
    await everyones.for_tenant("mine").record(old)
    await everyones.for_tenant("theirs").record(young)
    assert await everyones.forget_before(NOON + HOUR) == 1
    assert await everyones.for_tenant("mine").find(old.key) is None
    assert await everyones.for_tenant("theirs").find(young.key) == young


@pytest.mark.parametrize("key", ["unknown", "\0", "\ud800"])
async def test_a_key_that_never_was_is_not_there(journal: ProviderBatchJournal, key: str) -> None:
    unknown = ProviderBatchKey(key)
    assert await journal.find(unknown) is None
    assert not await journal.settle(unknown)


@pytest.mark.postgres
async def test_the_server_keeps_a_tenants_batches_from_another(database: PostgresDatabase) -> None:
    await PostgresProviderBatchJournal(database, tenant="theirs").record(batch())
    async with database.for_tenant("mine").connection() as connection:
        assert await (await connection.execute("select key from provider_batches")).fetchall() == []
        assert (await connection.execute("delete from provider_batches")).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.for_tenant("mine").connection() as connection:
            await connection.execute("update provider_batches set tenant = 'mine'")


@pytest.mark.postgres
async def test_a_database_that_is_gone_is_unavailable(database: PostgresDatabase) -> None:
    journal = PostgresProviderBatchJournal(database, tenant="mine")
    await database.aclose()
    for call in (journal.record(batch()), journal.unsettled("west")):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.UNAVAILABLE
