"""Generations in PostgreSQL."""

from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.domain.generation.model import Usage
from textnlp.domain.generation.record import GenerationRecord, GenerationState
from textnlp.domain.identifiers import GenerationId

_CREATE: LiteralString = """
insert into generations (id, tenant, caller, model, state, created_at) values (%s, %s, %s, %s, %s, %s)
"""
_GET: LiteralString = """
select id, tenant, caller, model, state, created_at, finished_at,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, code, message
from generations where id = %s
"""
_COMPLETE: LiteralString = """
update generations
set state = 'completed', finished_at = %s,
    prompt_tokens = %s, completion_tokens = %s, cached_tokens = %s, reasoning_tokens = %s
where id = %s and state = 'queued'
"""
_FAIL: LiteralString = """
update generations set state = 'failed', finished_at = %s, code = %s, message = %s where id = %s and state = 'queued'
"""


class PostgresGenerationStore:
    """Satisfies the `GenerationStore` port on the table of revision 0004."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresGenerationStore":
        """Return the store as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresGenerationStore(self._database.for_tenant(tenant))

    async def create(self, record: GenerationRecord) -> None:
        """Add a generation."""
        values = (record.id, record.tenant, record.caller, storable(record.model), record.state, record.created_at)
        async with self._database.connection() as connection:
            try:
                await connection.execute(_CREATE, values)
            except UniqueViolation as exc:
                raise TextNLPError(f"There is a generation {record.id} already.", kind=ErrorKind.CONFLICT) from exc
            except InsufficientPrivilege as exc:
                message = f"Generation {record.id} belongs to another tenant."
                raise TextNLPError(message, kind=ErrorKind.FORBIDDEN) from exc

    async def get(self, generation_id: GenerationId) -> GenerationRecord:
        """Return a generation."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(generation_id),))).fetchone()
        if row is None:
            raise not_found(f"There is no generation {generation_id}.")
        return _record(row)

    async def complete(self, generation_id: GenerationId, *, usage: Usage, at: datetime) -> bool:
        """Note that the completion is stored."""
        tokens = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.reasoning_tokens)
        return await self._end(_COMPLETE, generation_id, at, *tokens)

    async def fail(self, generation_id: GenerationId, error: TextNLPError, *, at: datetime) -> bool:
        """Note that there will be no completion."""
        return await self._end(_FAIL, generation_id, at, error.kind, storable(error.message))

    async def _end(self, statement: LiteralString, generation_id: GenerationId, *values: Any) -> bool:
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, (*values, generation_id))
        if cursor.rowcount:
            return True
        await self.get(generation_id)
        return False


def _record(row: tuple[Any, ...]) -> GenerationRecord:
    return GenerationRecord(
        id=GenerationId(row[0]),
        tenant=row[1],
        caller=row[2],
        model=row[3],
        state=GenerationState(row[4]),
        created_at=row[5].astimezone(UTC),
        finished_at=None if row[6] is None else row[6].astimezone(UTC),
        usage=Usage(prompt_tokens=row[7], completion_tokens=row[8], cached_tokens=row[9], reasoning_tokens=row[10]),
        code=None if row[11] is None else ErrorKind(row[11]),
        message=row[12],
    )
