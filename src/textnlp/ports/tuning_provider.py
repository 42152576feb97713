"""Who tunes models for others."""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Sequence
from typing import Protocol

from textnlp.domain.tuning.model import TuningEvent, TuningJob, TuningPlan


class TuningProvider(Protocol):
    """Takes files of examples and trains models on them.

    Calls that fail for a reason that may pass are made again some times; then they raise what the far side said, by
    kind as `TextEngine` does. `NOT_FOUND` is also raised for files and jobs that are not there.
    """

    @property
    def origin(self) -> str:
        """Scheme and host; holds no secret."""
        ...

    async def upload(self, name: str, pieces: Callable[[], Iterable[bytes]], *, size_bytes: int) -> str:
        """Send a file of examples, and return its id at once; `pieces` begins to read it, and may be asked again."""
        ...

    async def await_file(self, file_id: str) -> bool:
        """Return when the provider has looked a file through: True, or False where there is none of that id.

        Raises `INVALID_INPUT` with what the provider says where it finds the file not fit, and `TIMEOUT` where it does
        not come to an end.
        """
        ...

    async def create(
        self,
        plan: TuningPlan,
        *,
        training_file_id: str,
        validation_file_id: str | None,
        besides: Collection[str] = (),
    ) -> TuningJob:
        """Begin a job. Where it cannot be told whether that was done, it is looked for as `find_by_file` does."""
        ...

    async def find_by_file(self, training_file_id: str, *, besides: Collection[str] = ()) -> TuningJob | None:
        """Return the newest job that learns from a file, those `besides` left out; None where there is none."""
        ...

    async def find(self, job_id: str) -> TuningJob:
        """Return how a job stands."""
        ...

    async def cancel(self, job_id: str) -> TuningJob:
        """End a job before its time; what it has trained by then is charged."""
        ...

    async def events(self, job_id: str) -> Sequence[TuningEvent]:
        """Return what has happened to a job, oldest first, a few thousand at most."""
        ...

    def result(self, file_id: str) -> AsyncGenerator[bytes]:
        """Yield the bytes of a file with figures of a training."""
        ...

    async def aclose(self) -> None:
        """Close all connections; closing twice is harmless."""
        ...
