"""Runs SQL of strangers in a process of its own: a task as JSON on standard input, its outcome on standard output.

Run by `run_sql` as a script; it knows no other module of the platform, so that it starts fast. DuckDB counts neither
texts in flight towards its memory limit nor looks at an interruption within one function call, so the operating system
keeps the limits of memory and processor time, and lets the process write no file.
"""

import json
import resource
import sys
from typing import Any

ADDRESS_SPACE_BYTES = 1 << 30
PROCESSOR_SECONDS = 2
MAX_STATEMENTS = 500
MAX_ROWS = 10_000
_MAX_MESSAGE_CHARACTERS = 300
_PAGE_ROWS = 1_000
_CONFIG = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "256MB",
    "max_temp_directory_size": "0MB",
    "threads": "1",
    "lock_configuration": "true",
}
_SETUP = frozenset({"CREATE", "INSERT"})
_QUERY = frozenset({"SELECT"})


class _Refused(Exception):  # noqa: N818  a reason about a text, not an error of the program
    """Why a text is not run, as a sentence."""


def run(setup: str, query: str) -> dict[str, Any]:
    """Return `{ok, rows, error}` for the one SELECT `query`, in an empty database after the statements of `setup`."""
    import duckdb  # noqa: PLC0415  after the limits are set

    library: Any = duckdb
    try:
        connection = library.connect(":memory:", config=_CONFIG)
        for statement in _statements(connection, setup, allowed=_SETUP, where="the schema"):
            connection.execute(statement)
        found = _statements(connection, query, allowed=_QUERY, where="the query")
        if len(found) != 1:
            return _failed(f"The query must be one SELECT; there are {len(found)} statements.")
        connection.execute(found[0])
        rows = 0
        while page := connection.fetchmany(_PAGE_ROWS):
            rows += len(page)
            if rows > MAX_ROWS:
                return _failed(f"The query returns more than {MAX_ROWS:,} rows.")
    except (_Refused, library.Error) as exc:
        return _failed(str(exc))
    except MemoryError:
        return _failed("It needs more memory than it may have.")
    return {"ok": True, "rows": rows, "error": None}


def _statements(connection: Any, text: str, *, allowed: frozenset[str], where: str) -> list[Any]:
    found: list[Any] = connection.extract_statements(text)
    if len(found) > MAX_STATEMENTS:
        raise _Refused(f"There are more than {MAX_STATEMENTS} statements in {where}.")
    for statement in found:
        kind: str = statement.type.name
        if kind not in allowed:
            raise _Refused(f"{where.capitalize()} may hold {' and '.join(sorted(allowed))} only, not {kind}.")
    return found


def _failed(message: str) -> dict[str, Any]:
    line = " ".join(message.split("\n\n", 1)[0].split())
    return {"ok": False, "rows": 0, "error": line[:_MAX_MESSAGE_CHARACTERS]}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))


if __name__ == "__main__":
    _limit()
    task = json.load(sys.stdin)
    json.dump(run(task["setup"], task["query"]), sys.stdout)
