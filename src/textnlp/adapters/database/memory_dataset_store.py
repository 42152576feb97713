"""Datasets in the making, in memory, gone with the process."""

import dataclasses
from collections.abc import Collection, Sequence

from textnlp.domain.datasets.stored_run import RunState, StoredRun, no_such_run
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId


class MemoryDatasetStore:
    """Satisfies the `DatasetStore` port; every method runs to its end without letting another in."""

    def __init__(self, runs: dict[RunId, StoredRun] | None = None, *, tenant: str | None = None) -> None:
        self._runs = {} if runs is None else runs
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryDatasetStore":
        """Return the store as one tenant sees it."""
        return MemoryDatasetStore(self._runs, tenant=tenant)

    async def create(self, run: StoredRun) -> None:
        """Add a run."""
        if self._tenant not in {None, run.tenant}:
            raise TextNLPError(f"Dataset {run.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)
        if run.id in self._runs:
            raise TextNLPError(f"There is a dataset {run.id} already.", kind=ErrorKind.CONFLICT)
        self._runs[run.id] = run

    async def get(self, run_id: RunId) -> StoredRun:
        """Return a run."""
        found = self._visible().get(run_id)
        if found is None:
            raise no_such_run(run_id)
        return found

    async def newest(
        self, *, before: RunId | None = None, states: Collection[RunState] | None = None, limit: int = 50
    ) -> Sequence[StoredRun]:
        """List runs, newest first."""
        visible = {id_: run for id_, run in self._visible().items() if states is None or run.state in states}
        ids = sorted((id_ for id_ in visible if before is None or id_ < before), reverse=True)
        return [visible[id_] for id_ in ids[:limit]]

    async def running(self, *, after: RunId | None = None, limit: int = 200) -> Sequence[StoredRun]:
        """List runs in state `RUNNING`, oldest first."""
        running = {id_: run for id_, run in self._visible().items() if run.state is RunState.RUNNING}
        return [running[id_] for id_ in sorted(running) if after is None or id_ > after][:limit]

    async def save(self, run: StoredRun, *, was: RunState) -> bool:
        """Store how a run stands where its stored state is `was`."""
        found = self._visible().get(run.id)
        if found is None or found.state is not was:
            return False
        self._runs[run.id] = dataclasses.replace(
            found,
            state=run.state,
            rows=run.rows,
            reason=run.reason,
            ended_at=run.ended_at,
            progress=run.progress,
            versions=run.versions,
        )
        return True

    def _visible(self) -> dict[RunId, StoredRun]:
        return {id_: run for id_, run in self._runs.items() if self._tenant in {None, run.tenant}}
