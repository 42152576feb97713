import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source_tree import ROOT
from textnlp.adapters.recipe_functions.run_sql import MAX_SQL_CHARACTERS, run_sql

SCHEMA = "CREATE TABLE book (id INT, title TEXT); INSERT INTO book VALUES (1, 'Moss'), (2, 'Tides');"


def run(sql: str | None, schema: str | None = SCHEMA) -> dict[str, Any]:
    return run_sql({"schema": schema, "sql": sql}, schema_column="schema", sql_column="sql")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT title FROM book WHERE id > 1;", 1),
        ("WITH b AS (SELECT * FROM book) SELECT count(*) FROM b -- all", 1),
        ("SELECT * FROM book WHERE false", 0),
        ("SELECT * FROM range(10000)", 10_000),
    ],
)
def test_a_query_that_runs_tells_how_many_rows_it_returns(sql: str, rows: int) -> None:
    assert run(sql) == {"ok": True, "rows": rows, "error": None}


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT name FROM book", 'Referenced column "name" not found'),
        ("SELECT * FROM author", "Table with name author does not exist"),
        ("SELEKT 1", "syntax error"),
        ("SELECT 1; SELECT 2", "must be one SELECT; there are 2 statements"),
        ("", "must be one SELECT; there are 0 statements"),
        ("SELECT * FROM range(10001)", "more than 10,000 rows"),
        ("DROP TABLE book", "The query may hold SELECT only, not DROP"),
        ("INSERT INTO book VALUES (3, 'Fog')", "only, not INSERT"),
        (None, "no SQL to run"),
        ("SELECT '" + "a" * MAX_SQL_CHARACTERS + "'", "more than 64,000 characters"),
    ],
)
def test_a_query_that_does_not_run_tells_why_in_a_line(sql: str | None, told: str) -> None:
    found = run(sql)
    assert (found["ok"], found["rows"]) == (False, 0)
    assert told in found["error"]
    assert "\n" not in found["error"]


def test_a_schema_that_does_not_run_is_told() -> None:
    assert "syntax error" in run("SELECT 1", "CREATE TABLE (")["error"]
    assert "may hold CREATE and INSERT only, not SET" in run("SELECT 1", "SET threads = 8")["error"]
    assert "more than 500 statements" in run("SELECT 1", "CREATE TABLE IF NOT EXISTS t (a INT);" * 501)["error"]


@pytest.mark.parametrize(
    "schema",
    [
        "COPY (SELECT 1) TO '{place}'",
        "ATTACH '{place}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE '{place}'",
        "PRAGMA enable_external_access = true",
        "SET enable_external_access = true",
        "CREATE TABLE stolen AS SELECT * FROM read_csv('{secret}')",
        "CREATE TABLE stolen AS SELECT * FROM '{secret}'",
        "CREATE VIEW v AS SELECT * FROM read_text('{secret}')",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
        "CREATE TABLE t (a INT); COPY t FROM '{secret}'",
    ],
)
def test_a_schema_reaches_nothing_outside(schema: str, tmp_path: Path) -> None:
    place, secret = tmp_path / "made", tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    found = run("SELECT 1", schema.format(place=place, secret=secret))
    assert not found["ok"]
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM query('SELECT * FROM read_blob(''{secret}'')')",
        "COPY (SELECT 1) TO '{folder}/made'",
        "SELECT getenv('PATH')",
        "SELECT * FROM setup",
    ],
)
def test_a_query_reaches_nothing_outside(sql: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    assert not run(sql.format(secret=secret, folder=tmp_path))["ok"]
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "SELECT sum(length(regexp_replace(repeat('a', 3000000) || range, '(a*)*b', 'x'))) FROM range(100000)",
        "SELECT sum(length(repeat('abc', 200000000))) FROM range(1000)",
    ],
    ids=["endless recursion", "a function that no interruption reaches", "texts that no memory limit counts"],
)
def test_a_query_that_would_use_up_the_machine_is_ended(sql: str) -> None:
    found = run(sql)
    assert (found["ok"], found["rows"]) == (False, 0)
    assert "memory" in found["error"].lower() or "time" in found["error"]


def test_the_function_is_offered_to_recipes_by_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    value = project["entry-points"]["textnlp.columns"]["run_sql"]
    assert EntryPoint(name="run_sql", value=value, group="textnlp.columns").load() is run_sql
