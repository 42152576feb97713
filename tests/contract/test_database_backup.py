"""What every database that can be backed up and restored does: `DatabaseDumper` and `DatabaseLoader`."""

import hashlib
from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database import dumper as dumper_module
from textnlp.adapters.database.alembic_runner import run_migrations
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.dumper import PostgresDumper
from textnlp.adapters.database.loader import PostgresLoader
from textnlp.adapters.database.migrate import revisions
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.database_dumper import DatabaseDump, TableShape

pytestmark = pytest.mark.postgres

_BATCH = """
insert into textnlp.batches (id, state, name, spec, source_sha256, requests_path, output_prefix, created_at,
    input_rows, accepted_rows, rejected_rows, failed_rows)
values (%s, 'running', %s, '{"model": "\\u00e9"}', '', %s, '', 'infinity', 10, 2, 1, 1)
"""
_ROW = """
insert into textnlp.batch_rows values
    ((select batch_key from textnlp.batches where id = %s), %s, 1, 2, 0, 0, 1, %s, %s, %s, %s, %s)
"""
_MORE = """
insert into textnlp.clients values
    (now(), null, null, '2026-11-27 02:00:00.123456+00', 'client_1', 'prefix', 'local', 'a\tname
with a line', array['a', null, '{"b"}'], '{}', decode(repeat('00', 32), 'hex'));
insert into textnlp.usage_hours values (now(), 1, 0, 0, 0, 1, 1, 0, 0, 't', 'c', 'm', 'r',
    0.1000000000000000055511151231);
insert into textnlp.usage_budgets values ('budget_1', 'local', 'tenant', 'local', 'daily', 'usd', 5, 0.1);
insert into textnlp.budget_counters values (current_date, 'budget_1', 1, 2);
insert into textnlp.reviews values (now(), 1, 1, 'review_1', 'local', 'o', 's', decode('00ff', 'hex'));
insert into textnlp.review_items values (0, 0, 'local', 'review_1', 'open', '{}', '{a}', array[now()], '', '');
insert into textnlp.files values (now(), null, 1, 'file-1', 'local', 'local', 'batch', 'n', 'prompts/user-content/f');
insert into textnlp.dataset_runs values (now(), null, 1, 'run_1', 'local', 'local', 'n', 'm', 'e', 'prompts/r.json',
    'running', null, '{}', '[]');
select nextval('textnlp.queue_numbers') from generate_series(1, 41);
"""
_ODD = [b"", b"\\N", b"a\tb\nc\r\\.", bytes(range(256)), "\N{GRINNING FACE}".encode()]


def fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_BATCH, ("batch_1", "a name\twith\nall\\ of it", "generations/batch/1/requests.jsonl"))
        for index, (state, odd) in enumerate(zip((1, 1, 2, 3), _ODD, strict=False)):
            connection.execute(_ROW, ("batch_1", index, state, odd, odd, None if state == 1 else "code", odd))
        connection.execute(_MORE)


async def hashes(dump: DatabaseDump) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in await dump.tables():
        digest = hashlib.sha256()
        async for row in dump.rows(table):
            assert row.endswith(b"\n")
            digest.update(row)
        found[table.name] = digest.hexdigest()
    return found


async def copy(dump: DatabaseDump, loader: PostgresLoader) -> Sequence[str]:
    async with loader.loading(dump.revision) as load:
        for table in await dump.tables():
            await load.fill(table, dump.rows(table))
        await load.advance(await dump.sequences())
        for table in await dump.tables():
            before = hashlib.sha256(b"".join([row async for row in dump.rows(table)]))
            after = hashlib.sha256(b"".join([row async for row in load.rows(table)]))
            assert before.digest() == after.digest(), table.name
        assert (await load.ledger()).unbalanced == ()
    return await loader.finish()


def loader_of(url: str) -> PostgresLoader:
    return PostgresLoader(DatabaseAddress(url), clock=SystemClock())


async def test_all_of_it_comes_back_as_it_was(
    database: PostgresDatabase, database_url: str, empty_database_url: str
) -> None:
    fill(database_url)
    async with PostgresDumper(database).snapshot() as dump:
        before = await hashes(dump)
        loader = loader_of(empty_database_url)
        await loader.require_empty()
        assert await copy(dump, loader) == []
    restored = PostgresDatabase(empty_database_url, clock=SystemClock())
    async with PostgresDumper(restored).snapshot() as dump:
        assert await hashes(dump) == before
    await restored.aclose()
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select nextval('textnlp.queue_numbers')").fetchone() == (42,)
        connection.execute(_BATCH, ("batch_2", "n", "p"))
        assert connection.execute("select max(batch_key) from textnlp.batches").fetchone() == (2,)
        secured = connection.execute("select count(*) from pg_policies where schemaname = 'textnlp'").fetchone()
        assert secured is not None
        assert secured[0] > 10


async def test_a_snapshot_shows_its_moment_and_lets_nobody_wait(database: PostgresDatabase, database_url: str) -> None:
    fill(database_url)
    async with PostgresDumper(database).snapshot() as dump:
        before = await hashes(dump)
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("set lock_timeout = '1s'")
            other.execute("update textnlp.batches set accepted_rows = 0")
            other.execute("delete from textnlp.batch_rows")
            other.execute(_BATCH, ("batch_later", "n", "p"))
        assert await hashes(dump) == before
    async with PostgresDumper(database).snapshot() as dump:
        assert (await hashes(dump))["batch_rows"] == hashlib.sha256().hexdigest()


async def test_a_table_comes_after_those_that_it_refers_to(database: PostgresDatabase) -> None:
    async with PostgresDumper(database).snapshot() as dump:
        names = [table.name for table in await dump.tables()]
    for child, parent in (
        ("batch_slices", "batches"),
        ("review_items", "reviews"),
        ("dataset_events", "dataset_catalog"),
        ("webhook_secrets", "webhooks"),
    ):
        assert names.index(parent) < names.index(child)
    assert "alembic_version" not in names


async def test_what_was_only_observed_is_left_out(database: PostgresDatabase, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create table textnlp.telemetry_spans_today partition of textnlp.telemetry_spans default")
    async with PostgresDumper(database).snapshot() as dump:
        assert not [table.name for table in await dump.tables() if table.name.startswith("telemetry")]


async def test_blobs_that_the_platform_goes_on_with_are_told_sorted(
    database: PostgresDatabase, database_url: str
) -> None:
    fill(database_url)
    async with PostgresDumper(database).snapshot() as dump:
        paths = [line async for line in dump.references()]
    assert paths == [b"generations/batch/1/requests.jsonl\n", b"prompts/r.json\n", b"prompts/user-content/f\n"]


async def test_a_backup_of_an_earlier_structure_is_restored_and_brought_to_this_one(
    database_url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop schema textnlp cascade; create schema textnlp")
    run_migrations(database_url, to="0008")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_BATCH, ("batch_1", "n", "p"))
        for index, state in enumerate((1, 1, 2, 3)):
            connection.execute(_ROW, ("batch_1", index, state, b"", b"", None, b"text"))
    database = PostgresDatabase(database_url, clock=SystemClock())
    with pytest.raises(TextNLPError, match="has revision 0008") as caught:
        async with PostgresDumper(database).snapshot():
            pass
    assert caught.value.kind is ErrorKind.CONFLICT
    monkeypatch.setattr(dumper_module, "revisions", lambda: ["0008"])
    monkeypatch.setattr(dumper_module, "_BLOBS", "copy (select 1 where false) to stdout")
    async with PostgresDumper(database).snapshot() as dump:
        assert dump.revision == "0008"
        added = await copy(dump, loader_of(empty_database_url))
    await database.aclose()
    assert list(added) == revisions()[8:]
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select version_num from textnlp.alembic_version").fetchone() == (revisions()[-1],)
        assert connection.execute("select count(*) from textnlp.batch_rows").fetchone() == (4,)


async def test_a_structure_that_only_a_later_version_knows_is_refused(empty_database_url: str) -> None:
    with pytest.raises(TextNLPError, match="later version") as caught:
        async with loader_of(empty_database_url).loading("9999"):
            pass
    assert caught.value.kind is ErrorKind.CONFLICT
    await loader_of(empty_database_url).require_empty()


async def test_a_database_that_holds_something_is_refused(database_url: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await loader_of(database_url).require_empty()
    assert caught.value.kind is ErrorKind.CONFLICT


async def lines(*texts: bytes) -> AsyncIterator[bytes]:
    for text in texts:
        yield text


@pytest.mark.parametrize(
    "shape",
    [
        TableShape(name="files", columns=("id", "nothing")),
        TableShape(name='files"; drop table files; --', columns=("id",)),
        TableShape(name="no_table", columns=("id",)),
        TableShape(name="files", columns=("id",)),
    ],
)
async def test_what_the_tables_do_not_take_is_refused_and_leaves_no_row(
    shape: TableShape, empty_database_url: str
) -> None:
    good = TableShape(name="queue_entities", columns=("id", "namespace", "name"))

    async def load_both() -> None:
        async with loader_of(empty_database_url).loading(revisions()[-1]) as load:
            await load.fill(good, lines(b"1\ta\tb\n"))
            await load.fill(shape, lines(b"a secret\tb\n"))

    with pytest.raises(TextNLPError, match="does not take") as caught:
        await load_both()
    assert caught.value.kind is ErrorKind.CONFLICT
    assert "secret" not in caught.value.full_text
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select count(*) from textnlp.queue_entities").fetchone() == (0,)
        assert connection.execute("select count(*) from textnlp.files").fetchone() == (0,)


async def test_a_ledger_that_does_not_balance_is_told(database_url: str, empty_database_url: str) -> None:
    fill(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("delete from textnlp.batch_rows where row_index = 2")
    database = PostgresDatabase(database_url, clock=SystemClock())
    async with (
        PostgresDumper(database).snapshot() as dump,
        loader_of(empty_database_url).loading(dump.revision) as load,
    ):
        for table in await dump.tables():
            await load.fill(table, dump.rows(table))
        figures = await load.ledger()
    await database.aclose()
    assert figures.unbalanced == ("batch_1",)
    assert (figures.input, figures.accepted, figures.rejected, figures.failed, figures.pending) == (10, 2, 0, 1, 7)
