"""Machines that run tasks."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from textnlp.domain.compute.task_job import PoolJob, PoolTask, TaskState


class TaskPool(Protocol):
    """Runs the tasks of jobs on machines of its own.

    Raises `UNAUTHENTICATED` and `FORBIDDEN` where it refuses this process, `NOT_FOUND` for a job or pool that is not
    there, `CONFLICT` for an id that is taken, `UNAVAILABLE` where it cannot be reached.
    """

    async def create(self, job: PoolJob) -> None:
        """Begin a job without tasks."""
        ...

    async def add(self, job_id: str, tasks: Sequence[PoolTask]) -> None:
        """Add tasks to a job; they may begin at once, in any order."""
        ...

    async def states(self, job_id: str) -> Mapping[str, TaskState]:
        """Return how far each task of a job is."""
        ...

    async def remove(self, job_id: str) -> None:
        """End a job and what runs of it; removing one that is not there is harmless."""
        ...

    async def aclose(self) -> None:
        """Close the connections; closing twice is harmless."""
        ...
