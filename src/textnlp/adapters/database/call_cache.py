"""Answers of models in PostgreSQL."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection

from textnlp.adapters.database.kept_completions import decode_completion, encode_completion
from textnlp.adapters.database.pool import BECOME_TENANT, PostgresDatabase
from textnlp.domain.generation.model import Completion
from textnlp.domain.generation.reuse import CacheSize
from textnlp.domain.identity.tenant import required_tenant

_DO_NOT_WAIT: LiteralString = "set local synchronous_commit = off"
# Names the tenant, although the policy keeps to it, so that the primary key serves the look-up.
_FIND: LiteralString = "select key, value from call_cache where tenant = %s and key = any(%b::bytea[])"
# In the order of keys, so that two who keep the same answers wait for each other instead of for ever.
_KEEP: LiteralString = """
insert into call_cache (tenant, key, value)
select %s, entry.key, entry.value from unnest(%b::bytea[], %b::bytea[]) as entry (key, value)
order by entry.key
on conflict do nothing
"""
_REMOVE: LiteralString = """
delete from call_cache
using unnest(%b::bytea[], %b::bytea[]) as unreadable (key, value)
where tenant = %s and call_cache.key = unreadable.key and call_cache.value = unreadable.value
"""
_FORGET: LiteralString = """
delete from call_cache where (tenant, key) in (
    select tenant, key from call_cache where created_at < %s order by created_at limit %s for update skip locked
)
"""
_SIZE: LiteralString = "select count(*), coalesce(sum(octet_length(value)), 0)::int8 from call_cache"
_FORGOTTEN_A_TIME = 1_000


class PostgresCallCache:
    """Satisfies the `CallCache` port on the table of revision 0011.

    It is not waited for that an answer reaches the disk: others see it at once, and where the server crashes a moment
    later, the calls of that moment are made once more.
    """

    def __init__(self, database: PostgresDatabase, *, tenant: str | None = None) -> None:
        self._database = database
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "PostgresCallCache":
        """Return the cache as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresCallCache(self._database, tenant=tenant)

    async def find(self, keys: Sequence[bytes]) -> dict[bytes, Completion]:
        """Return what is kept for these keys, and remove what of it cannot be read."""
        tenant = required_tenant(self._tenant)
        found: dict[bytes, Completion] = {}
        unreadable: list[tuple[bytes, bytes]] = []
        async with self._transaction() as connection:
            cursor = await connection.execute(_FIND, (tenant, list(keys)), binary=True)
            rows: list[tuple[bytes, bytes]] = await cursor.fetchall()
        for key, value in rows:
            completion = decode_completion(value)
            if completion is None:
                unreadable.append((key, value))
            else:
                found[key] = completion
        if unreadable:
            columns = [key for key, _ in unreadable], [value for _, value in unreadable]
            async with self._transaction() as connection:
                await connection.execute(_REMOVE, (*columns, tenant))
        return found

    async def keep(self, entries: Sequence[tuple[bytes, Completion]]) -> None:
        """Keep answers."""
        tenant = required_tenant(self._tenant)
        first: dict[bytes, bytes] = {}
        for key, completion in entries:
            if key not in first and (encoded := encode_completion(completion)) is not None:
                first[key] = encoded
        if first:
            async with self._transaction() as connection:
                await connection.execute(_KEEP, (tenant, list(first), list(first.values())))

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was kept before `moment`, a thousand a transaction."""
        count = 0
        while True:
            async with self._transaction() as connection:
                cursor = await connection.execute(_FORGET, (moment, _FORGOTTEN_A_TIME))
            count += cursor.rowcount
            if cursor.rowcount < _FORGOTTEN_A_TIME:
                return count

    async def size(self) -> CacheSize:
        """Return how much is kept."""
        async with self._transaction() as connection:
            row: Any = await (await connection.execute(_SIZE)).fetchone()
        return CacheSize(entries=row[0], size_bytes=row[1])

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        """Begin a transaction whose statements are sent together until one of their answers is wanted."""
        async with self._database.connection() as connection, connection.pipeline(), connection.transaction():
            await connection.execute(_DO_NOT_WAIT)
            if self._tenant is not None:
                await connection.execute(BECOME_TENANT, (self._tenant,))
            yield connection
