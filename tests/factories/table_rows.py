"""Rows of any table, of which a test gives only what it is about."""

from datetime import UTC, date, datetime
from typing import Any

from psycopg import AsyncConnection, sql

_COLUMNS = """
select column_name, udt_name from information_schema.columns
where table_schema = 'textnlp' and table_name = %s
    and ((is_nullable = 'NO' and column_default is null and is_identity = 'NO') or column_name = any(%s))
order by ordinal_position
"""
_TABLES = "select table_name from information_schema.tables where table_schema = 'textnlp' order by 1"
_MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ANY: dict[str, Any] = {
    "text": "some",
    "json": "{}",
    "bytea": bytes(32),
    "timestamptz": _MOMENT,
    "date": date(2026, 1, 5),
    "bool": False,
    "_text": [],
    "_timestamptz": [],
    "_int8": [],
    "uuid": "00000000-0000-0000-0000-000000000001",
}


async def add_row(connection: AsyncConnection[tuple[Any, ...]], table: str, **given: Any) -> None:
    """Add a row to a table; columns that are neither given nor may be left out hold anything of their type."""
    found = await (await connection.execute(_COLUMNS, (table, list(given)))).fetchall()
    values = {name: given.get(name, _ANY.get(kind, 1)) for name, kind in found}
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier("textnlp", table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    await connection.execute(statement, list(values.values()))


async def count_rows(connection: AsyncConnection[tuple[Any, ...]], table: str) -> int:
    """Return how many rows a table has."""
    statement = sql.SQL("select count(*) from {}").format(sql.Identifier("textnlp", table))
    row = await (await connection.execute(statement)).fetchone()
    return row[0] if row else 0


async def whole_text(connection: AsyncConnection[tuple[Any, ...]]) -> bytes:
    """Return everything that all tables hold, as text, with bytes as they are."""
    tables = await (await connection.execute(_TABLES)).fetchall()
    parts: list[bytes] = []
    for (table,) in tables:
        cursor = await connection.execute(sql.SQL("select * from {}").format(sql.Identifier("textnlp", table)))
        parts += [
            value if isinstance(value, bytes) else str(value).encode()
            for row in await cursor.fetchall()
            for value in row
        ]
    return b"\n".join(parts)
