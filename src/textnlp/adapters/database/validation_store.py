"""Validations, in PostgreSQL."""

from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg.errors import InsufficientPrivilege

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.validation.stored_validation import (
    StoredValidation,
    ValidationKind,
    ValidationState,
    no_such_validation,
)

_BEGIN: LiteralString = """
insert into validations (id, tenant, caller, kind, name, source, checks, asked_at, state, row_count)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (id) do update
set kind = excluded.kind, name = excluded.name, source = excluded.source, checks = excluded.checks,
    asked_at = excluded.asked_at, state = excluded.state, row_count = excluded.row_count,
    summary = null, reason = null, ended_at = null
where validations.asked_at < excluded.asked_at
   or (validations.asked_at = excluded.asked_at and validations.state = 'failed')
"""
_GET: LiteralString = """
select id, tenant, caller, kind, name, source, checks::text, asked_at, state, row_count, summary::text, reason, ended_at
from validations where id = %s
"""
_PROGRESS: LiteralString = """
update validations set state = 'running', row_count = %(rows)s
where id = %(id)s and asked_at = %(asked_at)s and ended_at is null
"""
_COMPLETE: LiteralString = """
update validations set state = 'completed', row_count = %(rows)s, summary = %(summary)s, ended_at = %(at)s
where id = %(id)s and asked_at = %(asked_at)s and ended_at is null
"""
_FAIL: LiteralString = """
update validations set state = 'failed', reason = %(reason)s, ended_at = %(at)s
where id = %(id)s and asked_at = %(asked_at)s and ended_at is null
"""
_OBJECT = msgspec.json.Decoder(dict[str, Any])


class PostgresValidationStore:
    """Satisfies the `ValidationStore` port on the table of revision 0016."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresValidationStore":
        """Return the store as one tenant sees it; the server itself keeps the validations of others from it."""
        return PostgresValidationStore(self._database.for_tenant(tenant))

    async def begin(self, validation: StoredValidation) -> StoredValidation:
        """Add a validation, unless one asked for as late is there and has not failed."""
        values = (
            *(validation.id, validation.tenant, validation.caller, validation.kind.value),
            *(storable(validation.name), validation.source, _json(validation.checks)),
            *(validation.asked_at, validation.state.value, validation.rows),
        )
        async with self._database.connection() as connection:
            try:
                await connection.execute(_BEGIN, values)
            except InsufficientPrivilege as exc:
                message = f"Validation {validation.id} belongs to another tenant."
                raise TextNLPError(message, kind=ErrorKind.FORBIDDEN) from exc
        return await self.get(validation.id)

    async def get(self, validation_id: ValidationId) -> StoredValidation:
        """Return a validation."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(validation_id),))).fetchone()
        if row is None:
            raise no_such_validation(validation_id)
        return _validation_of_row(row)

    async def progress(self, validation: StoredValidation, *, rows: int) -> bool:
        """Note how many rows were looked at."""
        return await self._changed(_PROGRESS, validation, {"rows": rows})

    async def complete(self, validation: StoredValidation, *, summary: JsonObject, at: datetime) -> bool:
        """Note the balance."""
        changes = {"rows": int(summary.get("rows", 0)), "summary": _json(summary), "at": at}
        return await self._changed(_COMPLETE, validation, changes)

    async def fail(self, validation: StoredValidation, *, reason: str, at: datetime) -> bool:
        """Note why nothing will come of it."""
        return await self._changed(_FAIL, validation, {"reason": storable(reason), "at": at})

    async def _changed(self, statement: LiteralString, validation: StoredValidation, changes: dict[str, Any]) -> bool:
        given = {"id": validation.id, "asked_at": validation.asked_at, **changes}
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, given)
        return cursor.rowcount > 0


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _validation_of_row(row: tuple[Any, ...]) -> StoredValidation:
    return StoredValidation(
        id=ValidationId(row[0]),
        tenant=row[1],
        caller=row[2],
        kind=ValidationKind(row[3]),
        name=row[4],
        source=row[5],
        checks=None if row[6] is None else _OBJECT.decode(row[6]),
        asked_at=row[7].astimezone(UTC),
        state=ValidationState(row[8]),
        rows=row[9],
        summary=None if row[10] is None else _OBJECT.decode(row[10]),
        reason=row[11],
        ended_at=None if row[12] is None else row[12].astimezone(UTC),
    )
