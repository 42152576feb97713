"""Datasets in the making, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any, LiteralString

import msgspec
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.datasets.stored_run import RunProgress, RunState, RunVersion, StoredRun, no_such_run
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId

_COLUMNS: LiteralString = """
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, reason, ended_at,
    progress::text, versions::text
"""
_CREATE: LiteralString = """
insert into dataset_runs (
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, progress, versions
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_GET = "select COLUMNS from dataset_runs where id = %s".replace("COLUMNS", _COLUMNS)
_NEWEST = """
select COLUMNS from dataset_runs
where (%(before)s::text is null or id < %(before)s::text)
    and (%(states)s::text[] is null or state = any(%(states)s::text[]))
order by id desc
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_RUNNING = """
select COLUMNS from dataset_runs
where state = 'running' and (%(after)s::text is null or id > %(after)s::text)
order by id
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_SAVE: LiteralString = """
update dataset_runs
set state = %(state)s, target_rows = %(rows)s, reason = %(reason)s, ended_at = %(ended_at)s,
    progress = %(progress)s, versions = %(versions)s
where id = %(id)s and state = %(was)s
"""
_PROGRESS = msgspec.json.Decoder(RunProgress)
_VERSIONS = msgspec.json.Decoder(tuple[RunVersion, ...])


class PostgresDatasetStore:
    """Satisfies the `DatasetStore` port on the table of revision 0013; every method is a single statement."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresDatasetStore":
        """Return the store as one tenant sees it; the server itself keeps the runs of others from it."""
        return PostgresDatasetStore(self._database.for_tenant(tenant))

    async def create(self, run: StoredRun) -> None:
        """Add a run."""
        values = (
            *(run.id, storable(run.name), run.tenant, run.caller, storable(run.model), run.endpoint),
            *(run.rows, run.recipe_path, run.created_at, run.state, _json(run.progress), _json(run.versions)),
        )
        async with self._database.connection() as connection:
            try:
                await connection.execute(_CREATE, values)
            except UniqueViolation as exc:
                raise TextNLPError(f"There is a dataset {run.id} already.", kind=ErrorKind.CONFLICT) from exc
            except InsufficientPrivilege as exc:
                message = f"Dataset {run.id} belongs to another tenant."
                raise TextNLPError(message, kind=ErrorKind.FORBIDDEN) from exc

    async def get(self, run_id: RunId) -> StoredRun:
        """Return a run."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(run_id),))).fetchone()
        if row is None:
            raise no_such_run(run_id)
        return _run_of_row(row)

    async def newest(
        self, *, before: RunId | None = None, states: Collection[RunState] | None = None, limit: int = 50
    ) -> Sequence[StoredRun]:
        """List runs, newest first."""
        wanted = None if states is None else [state.value for state in states]
        return await self._listed(_NEWEST, {"before": storable(before), "states": wanted, "limit": limit})

    async def running(self, *, after: RunId | None = None, limit: int = 200) -> Sequence[StoredRun]:
        """List runs in state `RUNNING`, oldest first."""
        return await self._listed(_RUNNING, {"after": storable(after), "limit": limit})

    async def save(self, run: StoredRun, *, was: RunState) -> bool:
        """Store how a run stands where its stored state is `was`."""
        changes = {
            "id": storable(run.id),
            "was": was,
            "state": run.state,
            "rows": run.rows,
            "reason": storable(run.reason),
            "ended_at": run.ended_at,
            "progress": _json(run.progress),
            "versions": _json(run.versions),
        }
        async with self._database.connection() as connection:
            cursor = await connection.execute(_SAVE, changes)
        return cursor.rowcount > 0

    async def _listed(self, statement: LiteralString, given: dict[str, Any]) -> list[StoredRun]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, given)
            return [_run_of_row(row) for row in await cursor.fetchall()]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _run_of_row(row: tuple[Any, ...]) -> StoredRun:
    return StoredRun(
        id=RunId(row[0]),
        name=row[1],
        tenant=row[2],
        caller=row[3],
        model=row[4],
        endpoint=row[5],
        rows=row[6],
        recipe_path=row[7],
        created_at=row[8].astimezone(UTC),
        state=RunState(row[9]),
        reason=row[10],
        ended_at=None if row[11] is None else row[11].astimezone(UTC),
        progress=_PROGRESS.decode(row[12]),
        versions=_VERSIONS.decode(row[13]),
    )
