"""The removal of old rows from PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.topology import records

# Rows of batches have no foreign key; slices go with their batch by theirs.
_BATCHES: LiteralString = """
with old as (
    select batch_key from batches where finished_at < %(moment)s order by finished_at limit %(limit)s
    for update skip locked
),
rows as (delete from batch_rows where batch_key in (select batch_key from old))
delete from batches where batch_key in (select batch_key from old) returning id
"""
_SIMPLY: LiteralString = """
delete from TABLE where ctid = any(array(
    select ctid from TABLE where CONDITION limit %(limit)s for update skip locked
)) returning KEY
"""
_WITHOUT_VERSIONS: LiteralString = """
state <> 'running' and ended_at < %(moment)s and not exists (
    select from json_array_elements(versions) as version
    where not exists (
        select from dataset_catalog as entry, json_array_elements(entry.document -> 'tombstones') as stone
        where entry.dataset_id = dataset_runs.id and stone ->> 'version' = version ->> 'number'
            and (stone ->> 'erased_at')::timestamptz < %(moment)s
    )
)
"""
_ABOUT_NOTHING: LiteralString = """
not exists (select from dataset_runs where id = dataset_id)
and not exists (
    select from dataset_events as event
    where event.dataset_id = dataset_catalog.dataset_id and event.happened_at >= %(moment)s
)
"""


def _old(table: LiteralString, condition: LiteralString, *, key: LiteralString = "id") -> LiteralString:
    return _SIMPLY.replace("TABLE", table).replace("CONDITION", condition).replace("KEY", key)


_STATEMENTS: Mapping[str, Sequence[LiteralString]] = {
    records.BATCHES: (_BATCHES,),
    records.BATCH_JOBS: (_old("batch_jobs", "ended_at < %(moment)s"),),
    records.GENERATIONS: (_old("generations", "coalesce(finished_at, created_at) < %(moment)s"),),
    records.USAGE: (
        _old("usage_entries", "created_at < %(moment)s and is_rolled_up"),
        _old("usage_hours", "hour < %(moment)s", key="hour::text"),
    ),
    records.CLIENTS: (_old("clients", "least(revoked_at, expires_at) < %(moment)s"),),
    records.SIGN_INS: (_old("sign_ins", "expires_at < %(moment)s"),),
    records.PROVIDER_BATCHES: (_old("provider_batches", "recorded_at < %(moment)s", key="key"),),
    records.DATASET_RUNS: (_old("dataset_runs", _WITHOUT_VERSIONS),),
    records.DATASET_CATALOG: (_old("dataset_catalog", _ABOUT_NOTHING, key="dataset_id"),),
    records.VALIDATIONS: (_old("validations", "coalesce(ended_at, asked_at) < %(moment)s"),),
    records.REVIEWS: (_old("reviews", "created_at < %(moment)s"),),
}


class PostgresRowRetention:
    """Satisfies the `RowRetention` port; each removal is a statement of its own, which locks only what it removes."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    @property
    def records(self) -> Sequence[str]:
        """Tell which kinds of records are removed here."""
        return tuple(_STATEMENTS)

    async def remove_before(self, record: str, moment: datetime, *, limit: int) -> Sequence[str]:
        """Remove at most `limit` records, of each table of the kind."""
        removed: list[str] = []
        async with self._database.connection() as connection:
            for statement in _STATEMENTS[record]:
                cursor = await connection.execute(statement, {"moment": moment, "limit": limit})
                removed += [key for (key,) in await cursor.fetchall()]
        return removed
