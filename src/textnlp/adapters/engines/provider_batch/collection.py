"""Waits for a batch to end and takes its answers."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.documents import BatchStatus
from textnlp.adapters.engines.provider_batch.flights import CarriedBatch, Flight
from textnlp.adapters.engines.provider_batch.quota import TokenQuota
from textnlp.adapters.engines.provider_batch.results import ResultReader
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion

AnswerTaker = Callable[[bytes, Completion], Awaitable[None]]
"""Takes the payload hash of a request and the answer that nobody waits for."""

_TAKEN_TOGETHER = 64
_AT_WORK = frozenset({"in_progress", "finalizing", "completed"})


class Collection:
    """Sees batches to their end.

    An answer that somebody waits for is given to them; one that nobody does is given to `on_answer`, and counts as
    taken when that has returned. The first answer to a request holds.
    """

    def __init__(self, context: BatchContext, *, on_answer: AnswerTaker | None) -> None:
        self._context = context
        self._flights = context.flights
        self._reader = ResultReader(origin=context.origin, clock=context.clock)
        self._on_answer = on_answer

    async def ended(self, batch_id: str, quota: TokenQuota) -> BatchStatus | None:
        """Return how a batch has ended, whenever that is; None where the provider does not know it any more."""
        pauses = self._context.poll_pauses()
        while True:
            try:
                status = await self._context.patience.persist(lambda: self._context.api.get(batch_id))
            except TextNLPError as error:
                if error.kind is ErrorKind.NOT_FOUND:
                    return None
                raise
            if status.status in _AT_WORK:
                quota.accept()
            if status.is_ended:
                return status
            await self._context.clock.sleep(pauses.next())

    async def take(self, carried: CarriedBatch, status: BatchStatus) -> int:
        """Hand out what the files of an ended batch hold, and return how many of its requests are answered.

        A file that is not there any more holds nothing.
        """
        for file_id in status.result_files:
            try:
                await self._context.patience.persist(lambda file_id=file_id: self._take_file(file_id, carried))
            except TextNLPError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    raise
        return sum(flight.outcome.done() for flight in carried.flights.values())

    async def hand_over(self, flight: Flight, completion: Completion) -> None:
        """Give an answer that nobody waits for to whoever keeps it."""
        if self._on_answer is not None:
            await self._on_answer(flight.key, completion)

    async def _take_file(self, file_id: str, carried: CarriedBatch) -> None:
        """Read a file to its end, whatever happens to single answers; then raise the first error that one met."""
        unwaited: dict[bytes, Completion] = {}
        failure: TextNLPError | None = None
        async with aclosing(self._context.files.lines(file_id)) as lines:
            async for line in lines:
                read = self._reader.read(line, model=carried.record.model)
                flight = None if read is None else carried.flights.get(read[0])
                if read is None or flight is None or flight.outcome.done():
                    continue
                key, outcome = read
                if flight.waiters or not isinstance(outcome, Completion):
                    self._flights.settle(flight, outcome if key not in unwaited else unwaited.pop(key))
                    continue
                unwaited.setdefault(key, outcome)
                if len(unwaited) >= _TAKEN_TOGETHER:
                    failure = await self._taken(unwaited, carried) or failure
                    unwaited = {}
        failure = await self._taken(unwaited, carried) or failure
        if failure is not None:
            raise failure

    async def _taken(self, answers: dict[bytes, Completion], carried: CarriedBatch) -> TextNLPError | None:
        """Hand over answers that nobody waits for, and return an error that one of them met."""

        async def one(flight: Flight, completion: Completion) -> TextNLPError | None:
            try:
                await self.hand_over(flight, completion)
            except TextNLPError as error:
                if not flight.waiters:
                    return error
            self._flights.settle(flight, completion)
            return None

        outcomes = await asyncio.gather(*(one(carried.flights[key], each) for key, each in answers.items()))
        return next((error for error in outcomes if error is not None), None)
