import dataclasses
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.database.memory_provider_batches import MemoryProviderBatchJournal
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.provider_batches import PostgresProviderBatchJournal
from textnlp.domain.batches.provider_batch import SubmittedBatch, pack_hashes, unpack_hashes
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

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


def submission(key: str = "k", *, hour: int = 0, engine: str = "west") -> SubmittedBatch:
    hashes = tuple(bytes([place]) * 16 for place in range(3))
    return SubmittedBatch(key=key, engine=engine, created_at=NOON + hour * HOUR, row_hashes=hashes)


async def test_a_submission_comes_back_as_it_was_recorded(journal: ProviderBatchJournal) -> None:
    await journal.begin(submission())
    empty = dataclasses.replace(submission("l", hour=1), row_hashes=(), file_id="f", batch_id="b")
    await journal.begin(empty)
    assert list(await journal.in_flight(engine="west")) == [submission(), empty]


async def test_what_the_provider_calls_it_is_added(journal: ProviderBatchJournal) -> None:
    await journal.begin(submission())
    await journal.begin(submission("other", hour=1))
    assert await journal.note_file("k", "file-1")
    assert await journal.note_batch("k", "batch-1")
    assert await journal.note_batch("k", "batch-2")
    noted = dataclasses.replace(submission(), file_id="file-1", batch_id="batch-2")
    assert list(await journal.in_flight(engine="west")) == [noted, submission("other", hour=1)]


async def test_a_submission_that_is_over_is_gone_and_can_be_over_again(journal: ProviderBatchJournal) -> None:
    await journal.begin(submission())
    await journal.end("k")
    await journal.end("k")
    assert not await journal.note_file("k", "file-1")
    assert not await journal.note_batch("k", "batch-1")
    assert list(await journal.in_flight(engine="west")) == []


async def test_a_key_is_taken_once(everyones: ProviderBatchJournal) -> None:
    await everyones.for_tenant("mine").begin(submission())
    for tenant in ("mine", "theirs"):
        with pytest.raises(TextNLPError) as caught:
            await everyones.for_tenant(tenant).begin(submission(engine="east"))
        assert caught.value.kind is ErrorKind.CONFLICT
    assert list(await everyones.for_tenant("mine").in_flight(engine="west")) == [submission()]


async def test_submissions_are_listed_oldest_first_and_by_deployment(journal: ProviderBatchJournal) -> None:
    for key, hour, engine in (("b", 2, "west"), ("c", 0, "west"), ("a", 2, "west"), ("d", 1, "east")):
        await journal.begin(submission(key, hour=hour, engine=engine))
    assert [each.key for each in await journal.in_flight(engine="west")] == ["c", "a", "b"]
    assert [each.key for each in await journal.in_flight(engine="east")] == ["d"]


async def test_a_tenant_reaches_its_own_submissions_only(everyones: ProviderBatchJournal) -> None:
    mine, theirs = everyones.for_tenant("mine"), everyones.for_tenant("theirs")
    await mine.begin(submission())
    assert list(await theirs.in_flight(engine="west")) == []
    assert not await theirs.note_file("k", "f")
    assert not await theirs.note_batch("k", "b")
    await theirs.end("k")
    assert await theirs.forget_before(NOON + HOUR) == 0
    assert list(await mine.in_flight(engine="west")) == [submission()]


async def test_nothing_is_recorded_on_nobodys_behalf(everyones: ProviderBatchJournal) -> None:
    calls = (
        everyones.begin(submission()),
        everyones.note_file("k", "f"),
        everyones.note_batch("k", "b"),
        everyones.end("k"),
        everyones.in_flight(engine="west"),
    )
    for call in calls:
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.INTERNAL


async def test_what_is_old_is_removed_for_everybody(everyones: ProviderBatchJournal) -> None:
    for tenant in ("mine", "theirs"):
        await everyones.for_tenant(tenant).begin(submission(tenant))
    await everyones.for_tenant("mine").begin(submission("later", hour=2))
    assert await everyones.forget_before(NOON) == 0
    assert await everyones.forget_before(NOON + HOUR) == 2
    assert [each.key for each in await everyones.for_tenant("mine").in_flight(engine="west")] == ["later"]


@given(st.lists(st.binary(min_size=16, max_size=16)).map(tuple))
def test_hashes_are_unpacked_as_they_were_packed(hashes: tuple[bytes, ...]) -> None:
    assert unpack_hashes(pack_hashes(hashes)) == hashes


def test_a_run_of_bytes_that_are_no_hashes_is_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        unpack_hashes(b"short")
    assert caught.value.kind is ErrorKind.INTERNAL


@pytest.mark.postgres
async def test_the_server_keeps_a_tenants_submissions_from_another(database: PostgresDatabase) -> None:
    for tenant in ("mine", "theirs"):
        await PostgresProviderBatchJournal(database, tenant=tenant).begin(submission(tenant))
    async with database.for_tenant("mine").connection() as connection:
        rows = await (await connection.execute("select tenant from provider_batches")).fetchall()
        assert rows == [("mine",)]
        assert (await connection.execute("delete from provider_batches where tenant = 'theirs'")).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.for_tenant("mine").connection() as connection:
            await connection.execute("update provider_batches set tenant = 'theirs'")


@pytest.mark.postgres
async def test_a_journal_that_is_gone_is_unavailable(database: PostgresDatabase) -> None:
    journal = PostgresProviderBatchJournal(database, tenant="mine")
    await database.aclose()
    with pytest.raises(TextNLPError) as caught:
        await journal.in_flight(engine="west")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
