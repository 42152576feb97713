"""What is with providers, in PostgreSQL."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.batches.provider_batch import SubmittedBatch, pack_hashes, unpack_hashes
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.tenant import required_tenant

_BEGIN: LiteralString = """
insert into provider_batches (tenant, key, engine, created_at, row_hashes, file_id, batch_id)
values (%s, %s, %s, %s, %s, %s, %s)
"""
_NOTE_FILE: LiteralString = "update provider_batches set file_id = %s where tenant = %s and key = %s"
_NOTE_BATCH: LiteralString = "update provider_batches set batch_id = %s where tenant = %s and key = %s"
_END: LiteralString = "delete from provider_batches where tenant = %s and key = %s"
_IN_FLIGHT: LiteralString = """
select key, engine, created_at, row_hashes, file_id, batch_id from provider_batches
where tenant = %s and engine = %s
order by created_at, key
"""
_FORGET: LiteralString = "delete from provider_batches where created_at < %s"


class PostgresProviderBatchJournal:
    """Satisfies the `ProviderBatchJournal` port on the table of revision 0012; every method is a single statement."""

    def __init__(self, database: PostgresDatabase, *, tenant: str | None = None) -> None:
        self._database = database
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "PostgresProviderBatchJournal":
        """Return the journal as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresProviderBatchJournal(self._database, tenant=tenant)

    async def begin(self, batch: SubmittedBatch) -> None:
        """Record a submission."""
        tenant = required_tenant(self._tenant)
        hashes = pack_hashes(batch.row_hashes)
        values = (tenant, batch.key, batch.engine, batch.created_at, hashes, batch.file_id, batch.batch_id)
        async with self._connection() as connection:
            try:
                await connection.execute(_BEGIN, values)
            except UniqueViolation as exc:
                message = f"There is a submission {batch.key} already."
                raise TextNLPError(message, kind=ErrorKind.CONFLICT) from exc

    async def note_file(self, key: str, file_id: str) -> bool:
        """Record the provider's file."""
        return await self._changed(_NOTE_FILE, (file_id, required_tenant(self._tenant), key)) > 0

    async def note_batch(self, key: str, batch_id: str) -> bool:
        """Record the provider's batch."""
        return await self._changed(_NOTE_BATCH, (batch_id, required_tenant(self._tenant), key)) > 0

    async def end(self, key: str) -> None:
        """Remove a submission that is over."""
        await self._changed(_END, (required_tenant(self._tenant), key))

    async def in_flight(self, *, engine: str) -> list[SubmittedBatch]:
        """List the submissions to a deployment, oldest first."""
        tenant = required_tenant(self._tenant)
        async with self._connection() as connection:
            cursor = await connection.execute(_IN_FLIGHT, (tenant, engine), binary=True)
            return [_batch_of_row(row) for row in await cursor.fetchall()]

    async def forget_before(self, moment: datetime) -> int:
        """Remove submissions that began before `moment`."""
        return await self._changed(_FORGET, (moment,))

    async def _changed(self, statement: LiteralString, values: tuple[object, ...]) -> int:
        async with self._connection() as connection:
            return (await connection.execute(statement, values)).rowcount

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        database = self._database if self._tenant is None else self._database.for_tenant(self._tenant)
        async with database.connection() as connection:
            yield connection


def _batch_of_row(row: tuple[Any, ...]) -> SubmittedBatch:
    return SubmittedBatch(
        key=row[0],
        engine=row[1],
        created_at=row[2].astimezone(UTC),
        row_hashes=unpack_hashes(bytes(row[3])),
        file_id=row[4],
        batch_id=row[5],
    )
