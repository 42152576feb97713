from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from psycopg import AsyncConnection

from tests.factories.table_rows import add_row, count_rows
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.row_retention import PostgresRowRetention
from textnlp.application.remove_old_rows import remove_old_rows
from textnlp.topology.catalog import TOPOLOGY

pytestmark = pytest.mark.postgres

CLOCK = SystemClock()
NOW = CLOCK.now()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

COUNTED_FROM: dict[str, dict[str, str]] = {
    "batches": {"batches": "finished_at"},
    "batch_jobs": {"batch_jobs": "ended_at"},
    "generations": {"generations": "finished_at"},
    "usage": {"usage_entries": "created_at", "usage_hours": "hour"},
    "clients": {"clients": "revoked_at"},
    "sign_ins": {"sign_ins": "expires_at"},
    "provider_batches": {"provider_batches": "recorded_at"},
    "dataset_runs": {"dataset_runs": "ended_at"},
    "validations": {"validations": "ended_at"},
    "reviews": {"reviews": "created_at"},
}
ALWAYS: dict[str, dict[str, Any]] = {
    "dataset_runs": {"state": "completed", "versions": "[]"},
    "usage_entries": {"is_rolled_up": True},
    "provider_batches": {"hashes": b""},
}
KEYS = {"usage_hours": "model", "provider_batches": "key"}


async def add(connection: AsyncConnection[tuple[Any, ...]], table: str, name: str, **given: Any) -> None:
    unique = {"key_prefix": name} if table == "clients" else {}
    await add_row(connection, table, **{KEYS.get(table, "id"): name}, **ALWAYS.get(table, {}), **unique, **given)


@pytest.mark.parametrize("record", sorted(COUNTED_FROM))
async def test_a_record_goes_when_its_days_are_over_and_not_before(database: PostgresDatabase, record: str) -> None:
    days = TOPOLOGY.record(record).retention_days
    assert days is not None
    over = NOW - days * DAY
    async with database.connection() as connection:
        for table, column in COUNTED_FROM[record].items():
            await add(connection, table, "old", **{column: over - HOUR})
            await add(connection, table, "young", **{column: over + HOUR})
        rows = PostgresRowRetention(database)
        removed = await rows.remove_before(record, over, limit=10)
        assert len(removed) == len(COUNTED_FROM[record])
        assert not await rows.remove_before(record, over, limit=10)
        for table in COUNTED_FROM[record]:
            assert await count_rows(connection, table) == 1


async def test_rows_and_slices_go_with_their_batch_and_those_of_others_stay(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        for number, ended in enumerate((NOW - 400 * DAY, NOW - 300 * DAY, None), start=1):
            await add_row(connection, "batches", id=f"batch_{number}", finished_at=ended)
            await add_row(connection, "batch_slices", batch_key=number)
            for row in range(3):
                await add_row(connection, "batch_rows", batch_key=number, row_index=row)
        removed = await PostgresRowRetention(database).remove_before("batches", NOW - 365 * DAY, limit=10)
        assert list(removed) == ["batch_1"]
        assert [await count_rows(connection, table) for table in ("batches", "batch_slices", "batch_rows")] == [2, 2, 6]


def catalog_document(erased_at: datetime | None) -> str:
    return msgspec.json.encode({"tombstones": [{"version": 1, "erased_at": erased_at}]}).decode()


async def test_a_run_stays_while_a_version_of_it_is_there_and_its_catalog_stays_longer(
    database: PostgresDatabase,
) -> None:
    deleted = {"kept": None, "lately": NOW - 100 * DAY, "gone": NOW - 400 * DAY, "long": NOW - 800 * DAY}
    async with database.connection() as connection:
        for name, erased_at in deleted.items():
            run = {"state": "completed", "ended_at": NOW - 900 * DAY, "versions": '[{"number": 1}]'}
            await add_row(connection, "dataset_runs", id=name, **run)
            document = catalog_document(erased_at)
            await add_row(connection, "dataset_catalog", dataset_id=name, tenant="t", document=document)
            happened = {"happened_at": erased_at or NOW - 900 * DAY}
            await add_row(connection, "dataset_events", dataset_id=name, tenant="t", **happened)

        async def forgotten(dataset_id: str) -> None:
            forgot.append(dataset_id)

        forgot: list[str] = []
        rows = PostgresRowRetention(database)
        removed = await remove_old_rows(rows, clock=CLOCK, belongings={"dataset_runs": forgotten})
        assert sorted(forgot) == ["gone", "long"]
        assert removed == {"dataset_runs": 2, "dataset_catalog": 1}
        assert await count_rows(connection, "dataset_events") == 3


async def test_what_has_not_ended_is_not_counted_as_old(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        await add(connection, "batches", "running", created_at=NOW - 2_000 * DAY)
        await add(connection, "batch_jobs", "running", created_at=NOW - 2_000 * DAY)
        await add(connection, "clients", "valid", created_at=NOW - 2_000 * DAY)
        await add_row(connection, "usage_entries", id="fresh", created_at=NOW - 2_000 * DAY, is_rolled_up=False)
        await add_row(connection, "dataset_runs", id="r", state="running", versions="[]", created_at=NOW - 2_000 * DAY)
    assert await remove_old_rows(PostgresRowRetention(database), clock=CLOCK, belongings={}) == {}


async def test_records_go_some_at_a_time(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        for number in range(120):
            await add(connection, "generations", f"g{number}", finished_at=NOW - 400 * DAY)
    rows = PostgresRowRetention(database)
    assert len(await rows.remove_before("generations", NOW - 365 * DAY, limit=7)) == 7
    assert await remove_old_rows(rows, clock=CLOCK, belongings={}) == {"generations": 113}
