import asyncio

import psycopg
import pytest

from textnlp.adapters.database.alembic_runner import render_head, run_migrations
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import HEAD_SQL, revisions, upgrade
from textnlp.domain.errors import ErrorKind, TextNLPError

pytestmark = pytest.mark.postgres


def structure(url: str) -> list[tuple[str, str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select table_name::text, column_name::text, data_type::text from information_schema.columns"
            " where table_schema = 'textnlp' order by 1, 2",
        ).fetchall()


def test_the_script_for_an_empty_database_is_what_the_migrations_say() -> None:
    assert HEAD_SQL.read_text("utf-8") == render_head(), "run tools/render_schema.py"


async def test_an_empty_database_is_brought_to_the_latest_revision(empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute("select version_num from textnlp.alembic_version").fetchone()
    assert row == (revisions()[-1],)


async def test_the_script_and_the_migrations_make_the_same_tables(empty_database_url: str, database_url: str) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("create schema textnlp")
    await asyncio.to_thread(run_migrations, await DatabaseAddress(empty_database_url).conninfo())
    assert structure(empty_database_url) == structure(database_url)


async def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_database_url) for _ in range(4)))
    assert structure(empty_database_url)


async def test_a_database_of_a_later_version_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update textnlp.alembic_version set version_num = '9999'")
    with pytest.raises(TextNLPError, match="later version") as caught:
        await upgrade(database_url)
    assert caught.value.kind is ErrorKind.CONFLICT
