"""Whether a query runs on a database that is described by SQL."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WALL_SECONDS = 10.0
MAX_SQL_CHARACTERS = 64_000
_PROCESS = Path(__file__).with_name("sql_process.py")


def run_sql(row: Mapping[str, Any], *, schema_column: str, sql_column: str) -> dict[str, Any]:
    """Return `{ok, rows, error}` for a row's query, run in DuckDB on the tables of the row's schema.

    `schema_column` holds CREATE and INSERT statements, `sql_column` one SELECT. `rows` is how many the query returns,
    `error` a line that says why it does not run, null where it does. The database is empty before, lies in memory and
    reaches no file, no network and no extension. It runs in a process of its own that has one gibibyte, two seconds
    of processor time and no file that it could write; whatever needs more does not run.
    """
    setup, query = (row.get(column) for column in (schema_column, sql_column))
    if not isinstance(setup, str) or not isinstance(query, str):
        return _failed("There is no SQL to run.")
    if len(setup) + len(query) > MAX_SQL_CHARACTERS:
        return _failed(f"There are more than {MAX_SQL_CHARACTERS:,} characters of SQL.")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROCESS)],
            input=json.dumps({"setup": setup, "query": query}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed("It takes longer than it may.")
    if done.returncode != 0:
        return _failed("It needs more time or memory than it may have.")
    return json.loads(done.stdout)


def _failed(message: str) -> dict[str, Any]:
    return {"ok": False, "rows": 0, "error": message}
