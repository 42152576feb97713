"""The calls of the fine-tuning API."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from yarl import URL

from textnlp.adapters.engines.fine_tuning.documents import EventPage, JobDocument, JobPage, job_order
from textnlp.adapters.engines.openai_compatible.connections import read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.provider_files import ACCEPTED, ProviderFile, ProviderFiles, decoded
from textnlp.adapters.engines.provider_batch.patience import Patience, Pauses
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.tuning.model import TuningEvent, TuningJob, TuningPlan
from textnlp.ports.clock import Clock

_PURPOSE = "fine-tune"
_PAGE_ROWS = 100
_MOST_PAGES = 50
_AMBIGUOUS = frozenset({ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE, ErrorKind.BAD_RESPONSE})
"""Kinds of a refused creation after which the job may be there all the same."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningOptions:
    """How patiently a provider is asked.

    Attributes:
        call_seconds: how long one small call may take.
        transfer_seconds: how long the upload or download of one file may take.
        first_poll_seconds: pause before a file is looked at again; it grows by half each time.
        longest_poll_seconds: where that pause stops growing.
        max_file_seconds: how long the provider may look a file through.
        first_retry_seconds: pause before a failed call is made again; it doubles each time.
        longest_retry_seconds: where that pause stops growing.
        max_attempts: how often a call is made.
    """

    call_seconds: float = 60.0
    transfer_seconds: float = 1800.0
    first_poll_seconds: float = 2.0
    longest_poll_seconds: float = 15.0
    max_file_seconds: float = 1800.0
    first_retry_seconds: float = 1.0
    longest_retry_seconds: float = 30.0
    max_attempts: int = 5


class OpenAITuningProvider:
    """Satisfies the `TuningProvider` port over one endpoint, which is closed together with it."""

    def __init__(self, endpoint: Endpoint, *, clock: Clock, options: TuningOptions | None = None) -> None:
        options = options or TuningOptions()
        self._endpoint = endpoint
        self._clock = clock
        self._options = options
        self._jobs = endpoint.address.resource("fine_tuning", "jobs")
        self._files = ProviderFiles(
            endpoint, call_seconds=options.call_seconds, transfer_seconds=options.transfer_seconds
        )
        self._patience = Patience(
            clock,
            first_seconds=options.first_retry_seconds,
            longest_seconds=options.longest_retry_seconds,
            max_attempts=options.max_attempts,
        )

    @property
    def origin(self) -> str:
        """Scheme and host."""
        return self._endpoint.address.origin

    async def upload(self, name: str, pieces: Callable[[], Iterable[bytes]], *, size_bytes: int) -> str:
        """Send a file of examples."""
        file = await self._insist(
            lambda: self._files.upload(name, pieces, size_bytes=size_bytes, purpose=_PURPOSE),
        )
        return file.id

    async def await_file(self, file_id: str) -> bool:
        """Return whether a file is there, once it was looked through."""
        options = self._options
        pauses = Pauses(options.first_poll_seconds, longest_seconds=options.longest_poll_seconds, factor=1.5)
        until = self._clock.monotonic() + options.max_file_seconds
        while True:
            try:
                file = await self._insist(lambda: self._files.find(file_id))
            except TextNLPError as error:
                if error.kind is ErrorKind.NOT_FOUND:
                    return False
                raise
            if not file.is_pending:
                _require_fit(file)
                return file.status != "deleted"
            if self._clock.monotonic() > until:
                message = f"{self.origin} still looks the file {file_id} through."
                raise TextNLPError(
                    message, kind=ErrorKind.TIMEOUT, facts=ErrorFacts(hint="Run the same command again later.")
                )
            await self._clock.sleep(pauses.next())

    async def create(
        self,
        plan: TuningPlan,
        *,
        training_file_id: str,
        validation_file_id: str | None,
        besides: Collection[str] = (),
    ) -> TuningJob:
        """Begin a job, or return the one that an attempt without an answer has begun."""
        order = job_order(plan, training_file_id=training_file_id, validation_file_id=validation_file_id)
        body = msgspec.json.encode(order)

        async def attempt() -> TuningJob:
            try:
                return decoded(await self._asked("POST", self._jobs, body=body), JobDocument).read()
            except TextNLPError as error:
                if error.kind not in _AMBIGUOUS:
                    raise
                found = await self.find_by_file(training_file_id, besides=besides)
                if found is None:
                    raise
                return found

        return await self._insist(attempt)

    async def find_by_file(self, training_file_id: str, *, besides: Collection[str] = ()) -> TuningJob | None:
        """Look for the newest job that learns from a file, through all pages."""
        found: list[TuningJob] = []
        async for page in self._pages(self._jobs, JobPage):
            jobs = (each.read() for each in page.data if each.training_file == training_file_id)
            found += [job for job in jobs if job.id not in besides]
        return max(found, key=lambda job: job.created_at, default=None)

    async def find(self, job_id: str) -> TuningJob:
        """Return how a job stands."""
        url = self._url_of(job_id)
        return decoded(await self._insist(lambda: self._asked("GET", url)), JobDocument).read()

    async def cancel(self, job_id: str) -> TuningJob:
        """End a job before its time."""
        url = self._url_of(job_id, "cancel")
        return decoded(await self._insist(lambda: self._asked("POST", url, body=b"{}")), JobDocument).read()

    async def events(self, job_id: str) -> Sequence[TuningEvent]:
        """Return what has happened to a job, oldest first whatever the provider's order is."""
        found: list[TuningEvent] = []
        async for page in self._pages(self._url_of(job_id, "events"), EventPage):
            found += [each.read() for each in page.data]
        if found and found[0].at > found[-1].at:
            found.reverse()
        return sorted(found, key=lambda event: event.at)

    async def result(self, file_id: str) -> AsyncGenerator[bytes]:
        """Yield the bytes of a file with figures of a training; one attempt."""
        async for piece in self._files.pieces(file_id):
            yield piece

    async def aclose(self) -> None:
        """Close all connections."""
        await self._endpoint.aclose()

    async def _pages(self, url: URL, kind: "type[_Page]") -> "AsyncGenerator[_Page]":
        """Turn pages to the last, or to the last that is looked at; an empty one is the last, too."""
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            asked = url.update_query({"limit": str(_PAGE_ROWS), **after})
            page = decoded(await self._insist(lambda asked=asked: self._asked("GET", asked)), kind)
            yield page
            if not page.has_more or not page.data:
                return
            after = {"after": page.data[-1].id}

    def _url_of(self, job_id: str, *parts: str) -> URL:
        return self._endpoint.address.resource("fine_tuning", "jobs", job_id, *parts)

    async def _insist(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        return await self._patience.insist(ask)

    async def _asked(self, method: str, url: URL, *, body: bytes | None = None) -> bytes:
        async with self._endpoint.requested(
            method, url, body=body, timeout_seconds=self._options.call_seconds, accepted=ACCEPTED
        ) as response:
            return await read_bounded(response)


_Page = TypeVar("_Page", JobPage, EventPage)


def _require_fit(file: ProviderFile) -> None:
    if file.is_refused:
        raise TextNLPError(
            f"The provider refused the file: {file.status_details or file.status}.", kind=ErrorKind.INVALID_INPUT
        )
