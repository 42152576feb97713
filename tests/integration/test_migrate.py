import asyncio
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from textnlp.adapters.database.alembic_runner import render_head, run_migrations
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import HEAD_SQL, revisions, upgrade
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.process_runtime import serve
from textnlp.topology.workloads import MIGRATIONS

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


def test_migrations_are_a_process_that_ends(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path))
    serve(MIGRATIONS)
    assert capsys.readouterr().out == "migrations done\n"
    assert structure(empty_database_url)


async def test_a_database_of_a_later_version_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update textnlp.alembic_version set version_num = '9999'")
    with pytest.raises(TextNLPError, match="later version") as caught:
        await upgrade(database_url)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_whoever_is_in_the_role_that_migrated_works_on_its_tables_for_every_tenant(
    empty_database_url: str,
) -> None:
    name = sql.Identifier(str(conninfo_to_dict(empty_database_url)["dbname"]))
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("create role migrating login")
        connection.execute("create role working login in role migrating")
        connection.execute(sql.SQL("grant create, connect on database {} to migrating").format(name))
        connection.execute("grant textnlp_tenant to migrating")
    await upgrade(make_conninfo(empty_database_url, user="migrating"))
    url = make_conninfo(empty_database_url, user="working")
    await upgrade(url)
    with psycopg.connect(url) as connection:
        connection.execute("update textnlp.batches set caller = caller")
        assert connection.execute("select row_security_active('textnlp.batches')").fetchone() == (False,)
        connection.execute("set local role textnlp_tenant")
        assert connection.execute("select row_security_active('textnlp.batches')").fetchone() == (True,)
