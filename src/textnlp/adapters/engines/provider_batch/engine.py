"""A text engine whose answers come from the provider's batches, within a day and at half the price."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Coroutine
from hashlib import blake2b
from typing import Any

from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.provider_files import ProviderFiles
from textnlp.adapters.engines.openai_compatible.wire import RequestEncoder
from textnlp.adapters.engines.provider_batch.batch_api import BatchApi
from textnlp.adapters.engines.provider_batch.batch_runs import BatchRuns
from textnlp.adapters.engines.provider_batch.collection import AnswerTaker, Collection
from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.flights import Flight, Flights
from textnlp.adapters.engines.provider_batch.options import OPENAI_BATCHES, ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.patience import Patience
from textnlp.adapters.engines.provider_batch.request_lines import RequestLines
from textnlp.adapters.engines.provider_batch.submission import Submission
from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES, payload_hash
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    as_chunk,
)
from textnlp.domain.generation.rules import require_capable
from textnlp.ports.clock import Clock
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

_LOG = logging.getLogger(__name__)


class ProviderBatchEngine:
    """Gathers the requests of its callers into batches, and answers each when its batch has ended.

    Raises as the port `TextEngine` says, but for time: `timeout_seconds` of a request is not looked at, since a batch
    takes up to a day. Failures of the batch itself are waited out or handed over again within the bounds of `options`;
    what is raised is about the one request, or about a provider that will not have any. Equal requests that are asked
    at the same time share one line of one batch and its answer.

    A request that is cancelled by all who wait for it stays in its batch once that is made, and its answer goes to
    `on_answer`. `aclose` leaves batches at the provider; the next engine of the same name over the same journal adopts
    them. Two processes at a time may share a journal: both then take the answers of all batches.

    Works within one event loop.

    Args:
        endpoint: where the provider is; it is closed together with the engine.
        journal: one tenant's journal.
        clock: all waiting goes by it.
        name: the deployment, for limits, logs and the journal.
        options: what the provider allows, `OPENAI_BATCHES` or `AZURE_BATCHES` or derived from these.
        on_answer: takes answers that nobody waits for, by payload hash; without it, a few thousand of them are kept in
            memory for whoever asks, and the others are lost.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        journal: ProviderBatchJournal,
        clock: Clock,
        name: str,
        options: ProviderBatchOptions = OPENAI_BATCHES,
        on_answer: AnswerTaker | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._name = name
        profile = options.profile
        self._capabilities = EngineCapabilities(
            constrains_to_schema=profile.constrains_to_schema,
            streams=False,
            calls_tools=profile.calls_tools,
            reports_logprobs=profile.reports_logprobs,
        )
        self._encoder = RequestEncoder(profile)
        self._lines = RequestLines(options)
        self._flights = Flights()
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._is_started = self._is_closed = False
        context = BatchContext(
            deployment=name,
            origin=endpoint.address.origin,
            api=BatchApi(endpoint, options),
            files=ProviderFiles(endpoint, call_seconds=options.call_seconds, transfer_seconds=options.transfer_seconds),
            journal=journal,
            flights=self._flights,
            clock=clock,
            options=options,
            patience=Patience(
                clock,
                first_seconds=options.first_retry_seconds,
                longest_seconds=options.longest_retry_seconds,
                max_attempts=options.max_attempts,
            ),
        )
        self._collection = Collection(context, on_answer=on_answer)
        self._runs = BatchRuns(
            context,
            submission=Submission(context, lines=self._lines),
            collection=self._collection,
            spawn=self._spawn,
        )

    @property
    def name(self) -> str:
        """The deployment whose batches these are."""
        return self._name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What can be asked of the provider; nothing streams."""
        return self._capabilities

    async def start(self) -> None:
        """Adopt the batches that the journal holds; return when it is known which requests are in them.

        The first request does the same where nobody has. Raises `UNAVAILABLE` where the journal cannot be read:
        without it requests might be paid twice.
        """
        async with self._starting:
            if self._is_started:
                return
            after = None
            while records := await self._journal.unsettled(self._name, after=after):
                for record in records:
                    self._runs.adopt(record)
                after = records[-1].key
            self._is_started = True

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return the answer when the batch that the request was put into has ended."""
        require_capable(request, self._capabilities)
        self._require_open()
        key = self._key_of(request)
        if not self._is_started:
            await self.start()
            self._require_open()
        flight, is_new = self._joined(key, request)
        flight.begin_wait()
        try:
            if is_new:
                self._runs.gather(request.model, flight)
            outcome = await asyncio.shield(flight.outcome)
        except asyncio.CancelledError:
            self._save(flight)
            raise
        finally:
            flight.end_wait()
            for carrier in list(flight.carriers):
                self._runs.abandon(carrier)
        if isinstance(outcome, TextNLPError):
            raise TextNLPError(outcome.message, kind=outcome.kind, facts=outcome.facts)
        return outcome

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the whole answer as the only piece."""
        yield as_chunk(await self.generate(request))

    async def check(self) -> None:
        """Ask for the list of models; an endpoint that has none is taken to be well."""
        self._require_open()
        await self._endpoint.check()

    async def aclose(self) -> None:
        """Stop waiting for batches, which stay at the provider, and close all connections.

        Whoever still waits is told `UNAVAILABLE`. Answers that were handed out count as stored, so that their batches
        are settled at once.
        """
        self._is_closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for flight in self._flights:
            self._flights.settle(flight, _closed())
        with contextlib.suppress(TextNLPError):
            await self._runs.settle_lingering()
        await self._endpoint.aclose()

    def _joined(self, key: bytes, request: GenerationRequest) -> tuple[Flight, bool]:
        """Return the flight of a request, and whether it has to be gathered."""
        flight, is_new = self._flights.join(key)
        if flight.request is None and not flight.outcome.done():
            try:
                self._lines.fill(flight, request)
            except TextNLPError:
                if is_new:
                    self._flights.drop(flight)
                raise
        return flight, is_new

    def _key_of(self, request: GenerationRequest) -> bytes:
        try:
            return payload_hash(request)
        except (TypeError, ValueError, OverflowError, RecursionError):
            # What the hash cannot write the encoder may, and else it says what is wrong.
            return blake2b(self._encoder.encode(request), digest_size=PAYLOAD_HASH_BYTES).digest()

    def _save(self, flight: Flight) -> None:
        """Hand over an answer that came in the moment in which the last who waited was cancelled."""
        if flight.waiters == 1 and flight.outcome.done() and isinstance(outcome := flight.outcome.result(), Completion):
            self._spawn(self._collection.hand_over(flight, outcome))

    def _require_open(self) -> None:
        if self._is_closed:
            raise _closed()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._is_closed:
            work.close()
            return
        task = asyncio.create_task(work, name=f"provider batch of {self._name}")
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            _LOG.error("A task of %s ended with an error.", self._name, exc_info=exc)


def _closed() -> TextNLPError:
    return TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)
