"""Carries batches from the gathered requests to their last answer."""

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from textnlp.adapters.engines.provider_batch.batch_api import BatchApi
from textnlp.adapters.engines.provider_batch.collection import Collection
from textnlp.adapters.engines.provider_batch.documents import BatchStatus
from textnlp.adapters.engines.provider_batch.flights import CarriedBatch, Flight, Flights
from textnlp.adapters.engines.provider_batch.gathering import Spawn
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.patience import Patience, Pauses
from textnlp.adapters.engines.provider_batch.quota import TokenQuota
from textnlp.adapters.engines.provider_batch.remainder import Remainder
from textnlp.adapters.engines.provider_batch.submission import QuotaRefusalError, Submission
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey
from textnlp.ports.clock import Clock
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

_LOG = logging.getLogger(__name__)


class BatchRuns:
    """Runs every batch of an engine in a task of its own.

    Whatever a task meets is given to all who wait for the batch; what the journal holds stays there then, so that
    the next start finds it.
    """

    def __init__(
        self,
        api: BatchApi,
        *,
        journal: ProviderBatchJournal,
        clock: Clock,
        flights: Flights,
        submission: Submission,
        collection: Collection,
        remainder: Remainder,
        options: ProviderBatchOptions,
        patience: Patience,
        spawn: Spawn,
        new_quota: Callable[[], TokenQuota],
    ) -> None:
        self._api = api
        self._journal = journal
        self._clock = clock
        self._flights = flights
        self._submission = submission
        self._collection = collection
        self._remainder = remainder
        self._options = options
        self._patience = patience
        self._spawn = spawn
        self._quotas: defaultdict[str, TokenQuota] = defaultdict(new_quota)
        self._lingering: dict[ProviderBatchKey, tuple[str, ...]] = {}

    def limit_of(self, model: str) -> int | None:
        """Return the most tokens of a model that may wait, as far as is known."""
        return self._quotas[model].limit

    def release(self, model: str, flights: list[Flight]) -> None:
        """Begin to hand gathered requests over; those that nobody waits for any more are let go."""
        for flight in flights:
            if not flight.is_wanted:
                self._flights.drop(flight)
        wanted = [flight for flight in flights if flight.is_wanted]
        if wanted:
            self._spawn(self._run(model, wanted))

    def adopt(self, record: ProviderBatch) -> None:
        """Take over a batch that the journal holds."""
        flights = [self._flights.of(key) for key in record.hashes]
        for flight in flights:
            flight.round = max(flight.round, record.round)
        self._spawn(self._run_adopted(CarriedBatch(record, flights)))

    def abandon(self, carried: CarriedBatch) -> None:
        """Cancel a batch that nobody waits for any more, where that is wished; its answers are taken all the same."""
        batch_id = carried.record.batch_id
        if not self._options.cancel_on_abandon or carried.awaited or carried.is_cancelled or batch_id is None:
            return
        carried.is_cancelled = True
        self._spawn(self._cancel(batch_id))

    async def settle_lingering(self) -> None:
        """Settle at once what is done with; for a close that is waited for."""
        for key, file_ids in list(self._lingering.items()):
            await self._settle(key, file_ids)

    async def _run(self, model: str, flights: list[Flight]) -> None:
        quota = self._quotas[model]
        try:
            carried = await self._submission.hand_over(model, flights, quota)
        except QuotaRefusalError:
            quota.note_split()
            middle = len(flights) // 2
            self.release(model, flights[:middle])
            self.release(model, flights[middle:])
            return
        except TextNLPError as error:
            self._remainder.fail(flights, error)
            return
        left_out = [flight for flight in flights if carried is None or flight.key not in carried.flights]
        self._let_go(model, left_out)
        if carried is not None:
            self.abandon(carried)
            await self._guarded_to_end(carried)

    def _let_go(self, model: str, flights: list[Flight]) -> None:
        """Drop what nobody waited for when its batch was made; who has asked since is gathered anew."""
        self.release(model, flights)

    async def _run_adopted(self, carried: CarriedBatch) -> None:
        try:
            located = await self._located(carried.record)
        except TextNLPError as error:
            self._remainder.fail(carried.unload(), error)
            return
        if located is None:
            self._remainder.ask_again(carried)
            return
        carried.record = located
        await self._guarded_to_end(carried)

    async def _located(self, record: ProviderBatch) -> ProviderBatch | None:
        """Return the record with the id of its batch, None once it is clear that there is no batch.

        Where the provider has none under the record's key, whoever was to make it may be about to; so it is looked for
        until the record has not been touched for long.
        """
        options = self._options
        pauses = Pauses(options.first_poll_seconds, longest_seconds=options.longest_poll_seconds, factor=1.5)
        known: ProviderBatch | None = record
        while known is not None and known.batch_id is None:
            present = known
            if present.file_id is not None and (batch := await self._submission.find(present)) is not None:
                known = dataclasses.replace(present, batch_id=batch.id)
                located = known
                await self._patience.persist(lambda: self._submission.mark(located))
                return known
            since = self._clock.now() - timedelta(seconds=options.abandoned_seconds)
            key = present.key
            if await self._patience.persist(lambda: self._journal.settle_untouched(key, since=since)):
                return None
            await self._clock.sleep(pauses.next())
            known = await self._patience.persist(lambda: self._journal.find(key))
        return known

    async def _guarded_to_end(self, carried: CarriedBatch) -> None:
        try:
            await self._to_end(carried)
        except TextNLPError as error:
            _LOG.warning("Batch %s cannot be followed: %s", carried.record.batch_id, error.message)
            self._remainder.fail(carried.unload(), error)
        finally:
            self._quotas[carried.record.model].leave(carried.record.key)

    async def _to_end(self, carried: CarriedBatch) -> None:
        record = carried.record
        quota = self._quotas[record.model]
        quota.enter(record.key, record.prompt_tokens)
        status = await self._collection.ended(record.batch_id or "", quota)
        quota.leave(record.key)
        if status is not None and status.quota_fault is not None:
            self._come_again(carried, quota, status)
        else:
            answered = 0 if status is None else await self._collection.take(carried, status)
            self._remainder.see_to(carried, status, answered=answered)
        await self._linger(record, status)

    def _come_again(self, carried: CarriedBatch, quota: TokenQuota, status: BatchStatus) -> None:
        """Hand a batch over again that the provider has looked through and had no room for."""
        fault = status.quota_fault
        try:
            quota.refuse((fault.message if fault else None) or "no room")
        except TextNLPError as error:
            self._remainder.fail(carried.unload(), error)
            return
        rest = carried.unload()
        for flight in rest:
            flight.round -= 1
        self.release(carried.record.model, rest)

    async def _linger(self, record: ProviderBatch, status: BatchStatus | None) -> None:
        """Keep the record until callers have stored what they were given, then settle it."""
        files = () if status is None else status.result_files
        if record.file_id is not None:
            files = (record.file_id, *files)
        self._lingering[record.key] = files
        await self._clock.sleep(self._options.linger_seconds)
        await self._settle(record.key, files)

    async def _settle(self, key: ProviderBatchKey, file_ids: tuple[str, ...]) -> None:
        """Forget a batch, and then delete its files, so that no record is left without them."""
        self._lingering.pop(key, None)
        try:
            await self._patience.insist(lambda: self._journal.settle(key))
            if self._options.deletes_files:
                for file_id in file_ids:
                    await self._delete(file_id)
        except TextNLPError as error:
            _LOG.warning("Batch %s stays recorded, or its files at the provider: %s", key, error.message)

    async def _delete(self, file_id: str) -> None:
        try:
            await self._api.delete_file(file_id)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise

    async def _cancel(self, batch_id: str) -> None:
        try:
            await self._patience.insist(lambda: self._api.cancel(batch_id))
        except TextNLPError as error:
            _LOG.warning("Batch %s cannot be cancelled: %s", batch_id, error.message)
