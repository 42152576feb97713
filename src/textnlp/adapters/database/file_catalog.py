"""The catalogue of files in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import no_such_file
from textnlp.domain.identifiers import FileId

_COLUMNS: LiteralString = "id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller"
_ADD: LiteralString = """
insert into files (id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_GET = "select COLUMNS from files where id = %s".replace("COLUMNS", _COLUMNS)
_NEWEST = """
select COLUMNS from files
where (expires_at is null or expires_at > %(at)s)
    and (%(purpose)s::text is null or purpose = %(purpose)s::text)
    and (%(mark)s::timestamptz is null or (created_at, id) < (%(mark)s::timestamptz, %(after)s::text))
order by created_at desc, id desc
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_OLDEST = """
select COLUMNS from files
where (expires_at is null or expires_at > %(at)s)
    and (%(purpose)s::text is null or purpose = %(purpose)s::text)
    and (%(mark)s::timestamptz is null or (created_at, id) > (%(mark)s::timestamptz, %(after)s::text))
order by created_at, id
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_EXPIRED = """
select COLUMNS from files
where expires_at <= %(at)s or created_at < %(older_than)s::timestamptz
order by expires_at, id limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_REMOVE: LiteralString = "delete from files where id = %s"


class PostgresFileCatalog:
    """Satisfies the `FileCatalog` port on the table of revision 0009.

    Ids to look for may be any: what PostgreSQL cannot hold finds nothing.
    """

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresFileCatalog":
        """Return the catalogue as one tenant sees it; the server itself keeps the files of others from it."""
        return PostgresFileCatalog(self._database.for_tenant(tenant))

    async def add(self, file: StoredFile) -> None:
        """Add a file."""
        values = (
            *(file.id, storable(file.name), file.purpose, file.size_bytes, file.blob_path),
            *(file.created_at, file.expires_at, file.tenant, file.caller),
        )
        async with self._database.connection() as connection:
            try:
                await connection.execute(_ADD, values)
            except UniqueViolation as exc:
                raise TextNLPError(f"There is a file {file.id} already.", kind=ErrorKind.CONFLICT) from exc
            except InsufficientPrivilege as exc:
                message = f"File {file.id} belongs to another tenant."
                raise TextNLPError(message, kind=ErrorKind.FORBIDDEN) from exc

    async def get(self, file_id: FileId) -> StoredFile:
        """Return a file."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(file_id),))).fetchone()
        if row is None:
            raise no_such_file(file_id)
        return _file_of_row(row)

    async def page(
        self,
        *,
        at: datetime,
        purpose: FilePurpose | None = None,
        after: FileId | None = None,
        is_oldest_first: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFile]:
        """List files that have not expired."""
        given = {
            "at": at,
            "purpose": purpose,
            "mark": None if after is None else (await self.get(after)).created_at,
            "after": after,
            "limit": limit,
        }
        async with self._database.connection() as connection:
            cursor = await connection.execute(_OLDEST if is_oldest_first else _NEWEST, given)
            return [_file_of_row(row) for row in await cursor.fetchall()]

    async def expired(
        self, at: datetime, *, older_than: datetime | None = None, limit: int = 100
    ) -> Sequence[StoredFile]:
        """List files that have expired, or that are too old."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_EXPIRED, {"at": at, "older_than": older_than, "limit": limit})
            return [_file_of_row(row) for row in await cursor.fetchall()]

    async def remove(self, file_id: FileId) -> None:
        """Remove a file."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_REMOVE, (storable(file_id),))
        if not cursor.rowcount:
            raise no_such_file(file_id)


def _file_of_row(row: tuple[Any, ...]) -> StoredFile:
    return StoredFile(
        id=FileId(row[0]),
        name=row[1],
        purpose=FilePurpose(row[2]),
        size_bytes=row[3],
        blob_path=row[4],
        created_at=row[5].astimezone(UTC),
        expires_at=None if row[6] is None else row[6].astimezone(UTC),
        tenant=row[7],
        caller=row[8],
    )
