"""Carries batches from the gathered requests to their last answer."""

import logging
from collections import defaultdict

from textnlp.adapters.engines.provider_batch.adoption import Adoption
from textnlp.adapters.engines.provider_batch.collection import Collection
from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.documents import BatchFault
from textnlp.adapters.engines.provider_batch.flights import CarriedBatch, Flight
from textnlp.adapters.engines.provider_batch.gathering import Gathering, Spawn
from textnlp.adapters.engines.provider_batch.quota import TokenQuota
from textnlp.adapters.engines.provider_batch.remainder import Remainder
from textnlp.adapters.engines.provider_batch.settlement import Settlement
from textnlp.adapters.engines.provider_batch.submission import QuotaRefusalError, Submission
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError

_LOG = logging.getLogger(__name__)


class BatchRuns:
    """Runs every batch of an engine in a task of its own, which `spawn` begins.

    Whatever a task meets is given to all who wait for the batch; what the journal holds stays there then, so that
    the next start finds it.
    """

    def __init__(self, context: BatchContext, *, submission: Submission, collection: Collection, spawn: Spawn) -> None:
        self._context = context
        self._flights = context.flights
        self._submission = submission
        self._collection = collection
        self._adoption = Adoption(context, submission=submission)
        self._gathering = Gathering(
            context.options, clock=context.clock, release=self.release, limit_of=self._limit_of, spawn=spawn
        )
        self._remainder = Remainder(context, gather=self.gather)
        self._settlement = Settlement(context)
        self._spawn = spawn
        self._quotas: defaultdict[str, TokenQuota] = defaultdict(
            lambda: TokenQuota(context.options, clock=context.clock)
        )

    def gather(self, model: str, flight: Flight) -> None:
        """Take a request for one of the next batches."""
        self._gathering.add(model, flight)

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
        if not self._context.options.cancel_on_abandon or carried.awaited or carried.is_cancelled or batch_id is None:
            return
        carried.is_cancelled = True
        self._spawn(self._cancel(batch_id))

    async def settle_lingering(self) -> None:
        """Settle at once what is done with."""
        await self._settlement.settle_lingering()

    def _limit_of(self, model: str) -> int | None:
        return self._quotas[model].limit

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
        except Exception as exc:  # noqa: BLE001  whoever waits has to be told
            self._remainder.fail(flights, _told(exc))
            return
        # Who has asked meanwhile for what nobody waited for when the batch was made is put into a further one.
        self.release(model, [each for each in flights if carried is None or each.key not in carried.flights])
        if carried is not None:
            self.abandon(carried)
            await self._to_end(carried)

    async def _run_adopted(self, carried: CarriedBatch) -> None:
        try:
            located = await self._adoption.locate(carried.record)
        except Exception as exc:  # noqa: BLE001  whoever waits has to be told
            self._remainder.fail(carried.unload(), _told(exc))
            return
        if located is None:
            self._remainder.ask_again(carried)
            return
        carried.record = located
        await self._to_end(carried)

    async def _to_end(self, carried: CarriedBatch) -> None:
        record = carried.record
        quota = self._quotas[record.model]
        quota.enter(record.key, record.prompt_tokens)
        try:
            status = await self._collection.ended(record.batch_id or "", quota)
            quota.leave(record.key)
            fault = None if status is None else status.quota_fault
            if fault is not None:
                self._come_again(carried, quota, fault)
            else:
                answered = 0 if status is None else await self._collection.take(carried, status)
                self._remainder.see_to(carried, status, answered=answered)
        except Exception as exc:  # noqa: BLE001  whoever waits has to be told
            self._remainder.fail(carried.unload(), _told(exc))
        else:
            await self._settlement.linger(record, status)
        finally:
            quota.leave(record.key)

    def _come_again(self, carried: CarriedBatch, quota: TokenQuota, fault: BatchFault) -> None:
        """Hand a batch over again that the provider has looked through and had no room for."""
        rest = carried.unload()
        try:
            quota.refuse(fault.message or "no reason given")
        except TextNLPError as error:
            self._remainder.fail(rest, error)
            return
        for flight in rest:
            flight.round = max(0, flight.round - 1)
        self.release(carried.record.model, rest)

    async def _cancel(self, batch_id: str) -> None:
        context = self._context
        try:
            await context.patience.insist(lambda: context.api.cancel(batch_id))
        except TextNLPError as error:
            _LOG.warning("Batch %s cannot be cancelled: %s", batch_id, error.message)


def _told(exc: Exception) -> TextNLPError:
    """Return the error for those who wait, and log it: the journal still holds the batch where there is one."""
    if isinstance(exc, TextNLPError):
        _LOG.warning("A batch cannot be seen through: %s", exc.message)
        return exc
    _LOG.error("A batch cannot be seen through.", exc_info=exc)
    return TextNLPError(f"The batch ended in {type(exc).__name__}.", kind=ErrorKind.INTERNAL)
