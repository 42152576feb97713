"""The register of clients in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg.errors import UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client
from textnlp.domain.identity.refusals import client_exists, no_such_client

_COLUMNS: LiteralString = """
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text
"""
_CREATE = """
insert into clients (
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LIST = """
select COLUMNS from clients
where %(tenant)s::text is null or tenant = %(tenant)s::text
order by id
""".replace("COLUMNS", _COLUMNS)
_FIND_BY_PREFIX = "select COLUMNS from clients where key_prefix = %s".replace("COLUMNS", _COLUMNS)
_FIND = "select COLUMNS from clients where id = %s".replace("COLUMNS", _COLUMNS)
_REVOKE = """
update clients set revoked_at = coalesce(revoked_at, %(at)s) where id = %(id)s returning COLUMNS
""".replace("COLUMNS", _COLUMNS)
_SET_LIMITS = """
update clients set call_limits = %(limits)s where id = %(id)s returning COLUMNS
""".replace("COLUMNS", _COLUMNS)
_NOTE_USE = "update clients set last_used_at = greatest(last_used_at, %(at)s) where id = %(id)s"
_LIMITS = msgspec.json.Decoder(dict[str, int])


class PostgresClientRegistry:
    """Satisfies the `ClientRegistry` port on the table of revision 0005; every method is a single statement.

    Texts to look for may be any: what PostgreSQL cannot hold finds nothing.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def create(self, client: Client) -> None:
        """Add a client; raise `CONFLICT` when its id, or its key prefix, is there already."""
        values = (
            *(client.id, client.name, client.tenant, sorted(client.grants), client.key_prefix, client.key_hash),
            *(client.created_at, client.expires_at, client.revoked_at, client.last_used_at),
            _json_of_limits(client.call_limits),
        )
        async with self._database.connection() as connection:
            try:
                await connection.execute(_CREATE, values)
            except UniqueViolation as exc:
                raise client_exists(client.id) from exc

    async def list(self, tenant: str | None) -> Sequence[Client]:
        """List the clients of one tenant, or of all for None, oldest first."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_LIST, {"tenant": storable(tenant)})
            return [_client_of_row(row) for row in await cursor.fetchall()]

    async def find_by_prefix(self, prefix: str) -> Client | None:
        """Return the client whose key has this prefix, revoked and expired ones too, if there is one."""
        return await self._found(_FIND_BY_PREFIX, prefix)

    async def find(self, client_id: ClientId) -> Client | None:
        """Return the client, revoked and expired ones too, if there is one."""
        return await self._found(_FIND, client_id)

    async def revoke(self, client_id: ClientId, at: datetime) -> Client:
        """Let the key open nothing from `at` on, and return the client; of two revocations the first stands."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_REVOKE, {"id": storable(client_id), "at": at})).fetchone()
        if row is None:
            raise no_such_client(client_id)
        return _client_of_row(row)

    async def note_use(self, client_id: ClientId, at: datetime) -> None:
        """Remember the latest `at` at which the key was used; an unknown client is passed over."""
        async with self._database.connection() as connection:
            await connection.execute(_NOTE_USE, {"id": storable(client_id), "at": at})

    async def set_limits(self, client_id: ClientId, limits: tuple[tuple[str, int], ...]) -> Client:
        """Replace the call limits of a client, by name, and return it; none means the declared ones."""
        changes = {"id": storable(client_id), "limits": _json_of_limits(limits)}
        async with self._database.connection() as connection:
            row = await (await connection.execute(_SET_LIMITS, changes)).fetchone()
        if row is None:
            raise no_such_client(client_id)
        return _client_of_row(row)

    async def _found(self, statement: LiteralString, text: str) -> Client | None:
        async with self._database.connection() as connection:
            row = await (await connection.execute(statement, (storable(text),))).fetchone()
        return None if row is None else _client_of_row(row)


def _client_of_row(row: tuple[Any, ...]) -> Client:
    return Client(
        id=ClientId(row[0]),
        name=row[1],
        tenant=row[2],
        grants=frozenset(row[3]),
        key_prefix=row[4],
        key_hash=row[5],
        created_at=row[6].astimezone(UTC),
        expires_at=_in_utc(row[7]),
        revoked_at=_in_utc(row[8]),
        last_used_at=_in_utc(row[9]),
        call_limits=tuple(_LIMITS.decode(row[10]).items()),
    )


def _json_of_limits(limits: tuple[tuple[str, int], ...]) -> str:
    return msgspec.json.encode(dict(limits)).decode()


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
