"""Datasets in the making on a platform."""

from collections.abc import Collection, Sequence
from typing import Protocol

from textnlp.domain.datasets.stored_run import RunState, StoredRun
from textnlp.domain.identifiers import RunId


class DatasetStore(Protocol):
    """Keeps one record a run.

    A run that does not exist raises `NOT_FOUND`; a store that cannot be reached raises `UNAVAILABLE`.
    """

    def for_tenant(self, tenant: str) -> "DatasetStore":
        """Return the store as one tenant sees it: runs of others are not there, whatever is asked."""
        ...

    async def create(self, run: StoredRun) -> None:
        """Add a run; raise `CONFLICT` when its id is there already, `FORBIDDEN` for another tenant's."""
        ...

    async def get(self, run_id: RunId) -> StoredRun:
        """Return a run."""
        ...

    async def newest(
        self, *, before: RunId | None = None, states: Collection[RunState] | None = None, limit: int = 50
    ) -> Sequence[StoredRun]:
        """List runs, newest first, those older than `before` (an id) only, in any of `states`; in all where None."""
        ...

    async def running(self, *, after: RunId | None = None, limit: int = 200) -> Sequence[StoredRun]:
        """List runs in state `RUNNING`, oldest first, those younger than `after` (an id) only."""
        ...

    async def save(self, run: StoredRun, *, was: RunState) -> bool:
        """Store state, rows wanted, reason, end, progress and versions where the stored state is `was`.

        Returns whether it is: of two that change the same run one so learns that the other was first. What a run was
        created with is not changed; nor is anything of one that is not there, for which False is returned.
        """
        ...
