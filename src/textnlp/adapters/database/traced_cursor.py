"""A cursor whose statements are seen in traces."""

import re
from functools import lru_cache
from typing import Any, Self

from psycopg import AsyncCursor

from textnlp.adapters.database.pool import BECOME_TENANT
from textnlp.ports.tracer import Tracer
from textnlp.topology.spans import DB_OPERATION, DB_SUMMARY, DB_SYSTEM, PEER

_PART = "database"
_SYSTEM = "postgresql"
_CHANGE = re.compile(
    r"\b(insert(?=\s+into)|delete(?=\s+from)|(?<!for )(?<!key )(?<!do )update)\s+(?:into\s+|from\s+)?([a-z_][\w.]*)",
    re.IGNORECASE,
)
_READ = re.compile(r"\bselect\b.*?\bfrom\s+([a-z_][\w.]*)", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_STATEMENTS_KEPT = 512


def traced_cursor(tracer: Tracer) -> type[AsyncCursor[tuple[Any, ...]]]:
    """Return a class of cursors that tell `tracer` of each statement, by its verb and its first table.

    Neither the statement nor its values are told.
    """

    class TracedCursor(AsyncCursor[tuple[Any, ...]]):
        async def execute(self, query: Any, *args: Any, **kwargs: Any) -> Self:
            execute: Any = super().execute
            if query is BECOME_TENANT:
                return await execute(query, *args, **kwargs)
            operation, summary = summarized(query if isinstance(query, str) else "")
            attributes = {PEER: _PART, DB_SYSTEM: _SYSTEM, DB_OPERATION: operation, DB_SUMMARY: summary}
            with tracer.call(summary, attributes=attributes):
                return await execute(query, *args, **kwargs)

    return TracedCursor


@lru_cache(_STATEMENTS_KEPT)
def summarized(statement: str) -> tuple[str, str]:
    """Return the verb of a statement, and the verb with the table that it names first.

    A change counts for more than what it reads.
    """
    if changed := _CHANGE.search(statement):
        operation = changed.group(1).upper()
        return operation, f"{operation} {changed.group(2)}"
    if read := _READ.search(statement):
        return "SELECT", f"SELECT {read.group(1)}"
    word = _WORD.search(statement)
    operation = word.group().upper() if word else "EXECUTE"
    return operation, operation
