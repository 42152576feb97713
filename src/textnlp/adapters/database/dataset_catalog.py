"""What is said of datasets, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import LiteralString

from psycopg.errors import InsufficientPrivilege

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.catalog.model import CatalogEntry, CatalogEvent, Change
from textnlp.domain.catalog.record import decode_entry, decode_event, encode

_ENTRIES: LiteralString = "select document::text from dataset_catalog where dataset_id = any(%s)"
_ADD: LiteralString = """
insert into dataset_catalog (dataset_id, tenant, revision, is_swept, document)
values (%(id)s, %(tenant)s, %(revision)s, %(is_swept)s, %(document)s)
on conflict (dataset_id) do nothing
"""
_CHANGE: LiteralString = """
update dataset_catalog
set revision = %(revision)s, is_swept = %(is_swept)s, document = %(document)s
where dataset_id = %(id)s and tenant = %(tenant)s and revision = %(was)s
"""
_ADD_EVENT: LiteralString = """
insert into dataset_events (dataset_id, tenant, position, happened_at, document) values (%s, %s, %s, %s, %s)
"""
_EVENTS: LiteralString = """
select document::text from dataset_events where dataset_id = %s and position > %s order by position limit %s
"""
_SWEPT: LiteralString = """
select document::text from dataset_catalog where is_swept and dataset_id > %s order by dataset_id limit %s
"""


class PostgresDatasetCatalog:
    """Satisfies the `DatasetCatalog` port on the tables of revision 0015."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresDatasetCatalog":
        """Return the catalog as one tenant sees it; the server itself keeps the entries of others from it."""
        return PostgresDatasetCatalog(self._database.for_tenant(tenant))

    async def entries(self, dataset_ids: Collection[str]) -> Mapping[str, CatalogEntry]:
        """Return the entries that there are of these datasets."""
        ids = [storable(id_) for id_ in dataset_ids]
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_ENTRIES, (ids,))).fetchall()
        found = [decode_entry(row[0]) for row in rows]
        return {entry.dataset_id: entry for entry in found}

    async def save(self, change: Change, *, was: int) -> bool:
        """Store an entry and append its events where the stored revision is `was`."""
        entry = replace(change.entry, revision=was + 1)
        id_, tenant = storable(entry.dataset_id), storable(entry.tenant)
        values = {
            "id": id_,
            "tenant": tenant,
            "revision": entry.revision,
            "was": was,
            "is_swept": entry.is_swept,
            "document": encode(entry),
        }
        events = [(id_, tenant, event.position, event.at, encode(event)) for event in change.events]
        try:
            async with self._database.connection() as connection, connection.transaction():
                cursor = await connection.execute(_ADD if was == 0 else _CHANGE, values)
                if not cursor.rowcount:
                    return False
                await connection.cursor().executemany(_ADD_EVENT, events)
        except InsufficientPrivilege:
            return False
        return True

    async def events(self, dataset_id: str, *, after: int = 0, limit: int = 100) -> Sequence[CatalogEvent]:
        """List what was done to a dataset, the oldest first."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_EVENTS, (storable(dataset_id), after, limit))
            return [decode_event(row[0]) for row in await cursor.fetchall()]

    async def swept(self, *, after: str = "", limit: int = 200) -> Sequence[CatalogEntry]:
        """List entries that time alone may change."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_SWEPT, (storable(after), limit))
            return [decode_entry(row[0]) for row in await cursor.fetchall()]
