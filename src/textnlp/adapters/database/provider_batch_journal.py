"""Batches at providers in PostgreSQL."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey
from textnlp.domain.identity.tenant import required_tenant

_COLUMNS: LiteralString = """
    key, deployment, model, hashes, prompt_tokens, round, recorded_at, touched_at, file_id, batch_id
"""
_RECORD: LiteralString = """
insert into provider_batches (
    tenant, key, deployment, model, hashes, prompt_tokens, round, recorded_at, touched_at, file_id, batch_id
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_MARK: LiteralString = """
update provider_batches set file_id = %s, batch_id = %s, touched_at = %s where tenant = %s and key = %s
"""
_FIND = "select COLUMNS from provider_batches where tenant = %s and key = %s".replace("COLUMNS", _COLUMNS)
_UNSETTLED = """
select COLUMNS from provider_batches
where tenant = %(tenant)s and deployment = %(deployment)s and (%(after)s::text is null or key > %(after)s::text)
order by key
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_SETTLE: LiteralString = "delete from provider_batches where tenant = %s and key = %s"
_SETTLE_UNTOUCHED: LiteralString = """
delete from provider_batches where tenant = %s and key = %s and batch_id is null and touched_at < %s
"""
_FORGET: LiteralString = "delete from provider_batches where recorded_at < %s"


class PostgresProviderBatchJournal:
    """Satisfies the `ProviderBatchJournal` port on the table of revision 0012; every method is a single statement."""

    def __init__(self, database: PostgresDatabase, *, tenant: str | None = None) -> None:
        self._database = database
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "PostgresProviderBatchJournal":
        """Return the journal as one tenant sees it; the server itself keeps the batches of others from it."""
        return PostgresProviderBatchJournal(self._database, tenant=tenant)

    async def record(self, batch: ProviderBatch) -> None:
        """Add a batch."""
        values = (
            *(required_tenant(self._tenant), batch.key, storable(batch.deployment), storable(batch.model)),
            *(b"".join(batch.hashes), batch.prompt_tokens, batch.round, batch.recorded_at, batch.touched_at),
            *(storable(batch.file_id), storable(batch.batch_id)),
        )
        async with self._connection() as connection:
            try:
                await connection.execute(_RECORD, values)
            except UniqueViolation as exc:
                raise TextNLPError(f"There is a batch {batch.key} already.", kind=ErrorKind.CONFLICT) from exc

    async def mark(self, key: ProviderBatchKey, *, file_id: str, batch_id: str | None, at: datetime) -> bool:
        """Store how far a batch has come."""
        values = (storable(file_id), storable(batch_id), at, required_tenant(self._tenant), storable(key))
        return await self._changed(_MARK, values)

    async def find(self, key: ProviderBatchKey) -> ProviderBatch | None:
        """Return a batch."""
        tenant = required_tenant(self._tenant)
        async with self._connection() as connection:
            row = await (await connection.execute(_FIND, (tenant, storable(key)))).fetchone()
        return None if row is None else _batch_of_row(row)

    async def unsettled(
        self, deployment: str, *, after: ProviderBatchKey | None = None, limit: int = 50
    ) -> Sequence[ProviderBatch]:
        """List the batches of a deployment, oldest first."""
        asked = {
            "tenant": required_tenant(self._tenant),
            "deployment": storable(deployment),
            "after": storable(after),
            "limit": limit,
        }
        async with self._connection() as connection:
            cursor = await connection.execute(_UNSETTLED, asked)
            return [_batch_of_row(row) for row in await cursor.fetchall()]

    async def settle(self, key: ProviderBatchKey) -> bool:
        """Remove a batch."""
        return await self._changed(_SETTLE, (required_tenant(self._tenant), storable(key)))

    async def settle_untouched(self, key: ProviderBatchKey, *, since: datetime) -> bool:
        """Remove a batch that nobody sees to."""
        return await self._changed(_SETTLE_UNTOUCHED, (required_tenant(self._tenant), storable(key), since))

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was recorded before `moment`."""
        async with self._connection() as connection:
            return (await connection.execute(_FORGET, (moment,))).rowcount

    async def _changed(self, statement: LiteralString, values: tuple[Any, ...]) -> bool:
        async with self._connection() as connection:
            return (await connection.execute(statement, values)).rowcount > 0

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        database = self._database if self._tenant is None else self._database.for_tenant(self._tenant)
        async with database.connection() as connection:
            yield connection


def _batch_of_row(row: tuple[Any, ...]) -> ProviderBatch:
    hashes: bytes = row[3]
    return ProviderBatch(
        key=ProviderBatchKey(row[0]),
        deployment=row[1],
        model=row[2],
        hashes=tuple(hashes[at : at + PAYLOAD_HASH_BYTES] for at in range(0, len(hashes), PAYLOAD_HASH_BYTES)),
        prompt_tokens=row[4],
        round=row[5],
        recorded_at=row[6].astimezone(UTC),
        touched_at=row[7].astimezone(UTC),
        file_id=row[8],
        batch_id=row[9],
    )
