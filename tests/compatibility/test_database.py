"""The database of an earlier release is brought up, and its statements still run: old code on the new schema."""

import json
import re
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pytest
from psycopg import sql
from tools.release_statements import of_text, split_prepared

from tests.compatibility.recorded import FOLDERS, NAMES, release_of
from textnlp.adapters.database.database_address import SCHEMA
from textnlp.adapters.database.migrate import revisions, upgrade
from textnlp.application.check_upgrade import check_upgrade
from textnlp.bootstrap.upgrade_wiring import open_upgrade_check
from textnlp.settings import Settings

pytestmark = pytest.mark.postgres
releases = pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
_STRUCTURE = """
select table_name::text, column_name::text, data_type::text, is_nullable::text, coalesce(column_default, '')
from information_schema.columns where table_schema = %s
union all
select rel.relname::text, con.conname::text, pg_get_constraintdef(con.oid), '', ''
from pg_constraint as con join pg_class as rel on rel.oid = con.conrelid where con.connamespace = to_regnamespace(%s)
union all
select tablename::text, indexname::text, indexdef, '', '' from pg_indexes where schemaname = %s
union all
select tablename::text, policyname::text, coalesce(qual, ''), cmd, '' from pg_policies where schemaname = %s
order by 1, 2, 3
"""


def structure(url: str) -> list[tuple[str, ...]]:
    """Return columns, constraints, indexes and policies; tables of a day are made while a platform runs."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_STRUCTURE, (SCHEMA,) * 4).fetchall()
    return [row for row in rows if not re.search(r"_\d{8}", row[0])]


def load(folder: Path, url: str) -> dict[str, int]:
    """Make the database as the release left it; return the rows by table."""
    counts: dict[str, int] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
        connection.execute(cast("LiteralString", (folder / "schema.sql").read_text(encoding="utf-8")))
        for path in sorted((folder / "rows").glob("*.tsv")):
            table = path.name.split(".")[1]
            header, _, rows = path.read_bytes().partition(b"\n")
            names = sql.SQL(", ").join(map(sql.Identifier, header.decode().split("\t")))
            target = sql.Identifier(SCHEMA, table)
            with connection.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(target, names)) as copy:
                copy.write(rows)
            counts[table] = rows.count(b"\n")
        sequences: dict[str, int] = json.loads((folder / "rows" / "sequences.json").read_text())
        for name, value in sequences.items():
            connection.execute("select setval(%s::regclass, %s)", (f"{SCHEMA}.{name}", value))
    return counts


@releases
async def test_a_database_of_a_release_is_looked_at_as_it_is_and_brought_up_with_all_its_rows(
    folder: Path, empty_database_url: str, database_url: str, tmp_path: Path
) -> None:
    before = load(folder, empty_database_url)
    async with open_upgrade_check(Settings(data_dir=tmp_path, database_url=empty_database_url)) as ports:
        checks = {check.subject: check for check in (await check_upgrade(ports)).checks}
    assert checks["waiting messages"].looked_at > 0
    assert checks["waiting messages"].faults == checks["database revision"].faults == ()
    await upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        found = {
            table: connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(SCHEMA, table))
            ).fetchall()[0][0]
            for table in before
        }
        revision = connection.execute("select version_num from textnlp.alembic_version").fetchone()
    assert found == before
    assert revision == (revisions()[-1],)
    assert structure(empty_database_url) == structure(database_url), "a migration that a release had was changed"


@releases
def test_the_statements_of_a_release_run_on_the_schema_of_this_code(folder: Path, database_url: str) -> None:
    known = of_text((folder / "statements.sql").read_text(encoding="utf-8"))
    prepared, refused = split_prepared(database_url, known)
    assert refused == {}, "processes of that release fail once this schema is there: expand first, contract later"
    assert len(prepared) > 20 * len(release_of(folder).unprepared)


def test_a_statement_that_a_schema_broke_is_found(database_url: str) -> None:
    known = {"a": "select name from batches where id = $1", "b": "select nobody from batches"}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter table textnlp.batches rename column name to label")
    prepared, refused = split_prepared(database_url, known)
    assert (prepared, refused) == ({}, {"a": 'column "name" does not exist', "b": 'column "nobody" does not exist'})
