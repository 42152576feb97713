"""Rows of PostgreSQL's tables that name a person, and what becomes of them."""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from psycopg import AsyncConnection, sql

from textnlp.adapters.database.database_address import SCHEMA
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.erasure.redaction import ERASED, blanked, redacted
from textnlp.domain.erasure.terms import SearchTerms
from textnlp.ports.erasable_place import Found
from textnlp.topology.records import ErasureRule, Record

_ROWS_A_FETCH = 500
_PATHS = frozenset({"blob_path", "output_prefix", "recipe_path", "requests_path", "source"})
_TYPES = ("text", "varchar", "json", "jsonb", "_text", "bytea")
_COLUMNS: LiteralString = """
select attname::text, typname::text, exists (
    select from pg_index where indrelid = attrelid and indisunique and attnum = any(indkey)
)
from pg_attribute join pg_type on pg_type.oid = atttypid
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped and typname = any(%s)
order by attnum
"""
_SCAN = "select tableoid, ctid, {columns} from {table}"
_LOCK = "select {columns} from {table} where tableoid = %s and ctid = %s for update"
_DELETE = "delete from {table} where tableoid = %s and ctid = %s"
_UPDATE = "update {table} set {changes} where tableoid = %s and ctid = %s"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str
    is_unique: bool

    @property
    def selected(self) -> sql.Composable:
        name = sql.Identifier(self.name)
        return sql.SQL("{}::text").format(name) if self.type in {"json", "jsonb"} else name


class ErasableTables:
    """Satisfies `ErasablePlace` with the tables of some records, each by its rule.

    Ids that the platform gives and names of tenants are not looked at, but in records that go as a whole: nothing could
    be found without them. Each row is looked at again when it is locked, so that one that is changed meanwhile is
    erased as it is then, or found by the next search.
    """

    def __init__(self, database: PostgresDatabase, records: Sequence[Record], *, key: bytes) -> None:
        self._database = database
        self._records = records
        self._key = key

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        """Erase what names the person, table by table."""
        counts = Counter[str]()
        for record in self._records:
            for table in record.kept_in:
                async with self._database.connection() as connection:
                    found = await self._search(connection, record, table, terms)
                    counts[table] += len(found.places)
                    if not is_rehearsal:
                        for place in found.places:
                            await self._erase(connection, record, found, place, terms)
        return Found(counts={table: count for table, count in counts.items() if count})

    async def _search(
        self, connection: AsyncConnection[tuple[Any, ...]], record: Record, table: str, terms: SearchTerms
    ) -> "_FoundRows":
        cursor = await connection.execute(_COLUMNS, (f"{SCHEMA}.{table}", list(_TYPES)))
        known = [_Column(*row) for row in await cursor.fetchall()]
        columns = [each for each in known if record.on_erasure is ErasureRule.ROW or not _is_id(each.name)]
        found = _FoundRows(table=table, columns=columns, places=[])
        if not columns:
            return found
        async with connection.transaction(), connection.cursor(name="search") as rows:
            await rows.execute(found.statement(_SCAN))
            while page := await rows.fetchmany(_ROWS_A_FETCH):
                found.places.extend((row[0], row[1]) for row in page if _names(row[2:], terms))
        return found

    async def _erase(
        self,
        connection: AsyncConnection[tuple[Any, ...]],
        record: Record,
        found: "_FoundRows",
        place: tuple[Any, str],
        terms: SearchTerms,
    ) -> None:
        async with connection.transaction():
            row = await (await connection.execute(found.statement(_LOCK), place)).fetchone()
            if row is None or not _names(row, terms):
                return
            if record.on_erasure is ErasureRule.ROW:
                await connection.execute(found.statement(_DELETE), place)
                return
            values = [
                self._value(record, column, value, terms) for column, value in zip(found.columns, row, strict=True)
            ]
            await connection.execute(found.statement(_UPDATE), [*values, *place])

    def _value(self, record: Record, column: _Column, value: Any, terms: SearchTerms) -> Any:
        is_whole = record.on_erasure is ErasureRule.CONTENT and column.name.startswith("row")
        if value is None or not (is_whole or _names([value], terms)):
            return value
        if column.name in _PATHS:
            return terms.renamed(value, key=self._key)
        if isinstance(value, list):
            return [ERASED if terms.are_in_text(item) else item for item in cast("list[str]", value)]
        document = _document(value)
        if document is not None:
            written = json.dumps(
                blanked(document, terms) if is_whole else redacted(document, terms), ensure_ascii=False
            )
            return written.encode("utf-8", "replace") if isinstance(value, bytes) else written
        if isinstance(value, bytes):
            return terms.overwritten(value)
        return f"{ERASED} {secrets.token_hex(4)}" if column.is_unique else ERASED


@dataclass(frozen=True, slots=True)
class _FoundRows:
    """Rows of a table by where they lie, which holds until somebody changes them."""

    table: str
    columns: list[_Column]
    places: list[tuple[Any, str]]

    def statement(self, words: LiteralString) -> sql.Composed:
        changes = [sql.SQL("{} = %s{}").format(sql.Identifier(each.name), _cast_of(each)) for each in self.columns]
        return sql.SQL(words).format(
            table=sql.Identifier(SCHEMA, self.table),
            columns=sql.SQL(", ").join(each.selected for each in self.columns),
            changes=sql.SQL(", ").join(changes),
        )


def _cast_of(column: _Column) -> sql.SQL:
    casts: dict[str, LiteralString] = {"json": "::json", "jsonb": "::jsonb", "_text": "::text[]", "bytea": "::bytea"}
    return sql.SQL(casts.get(column.type, "::text"))


def _is_id(name: str) -> bool:
    return name in {"id", "tenant"} or name.endswith("_id")


def _names(values: Iterable[Any], terms: SearchTerms) -> bool:
    return any(_names_one(value, terms) for value in values if value is not None)


def _names_one(value: Any, terms: SearchTerms) -> bool:
    if isinstance(value, bytes):
        return terms.are_in(value)
    if isinstance(value, list):
        return any(terms.are_in_text(item) for item in cast("list[Any]", value) if isinstance(item, str))
    return terms.are_in_text(value)


def _document(value: str | bytes) -> Any:
    """Return the JSON object or list that a value is; None for any other."""
    begins = value[:1] in {"{", "[", b"{", b"["}
    if not begins:
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
