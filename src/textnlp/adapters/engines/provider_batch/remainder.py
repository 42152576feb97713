"""What becomes of the requests that a batch has left without an answer."""

from collections.abc import Callable

from textnlp.adapters.engines.provider_batch.context import BatchContext
from textnlp.adapters.engines.provider_batch.documents import BatchFault, BatchStatus
from textnlp.adapters.engines.provider_batch.flights import CarriedBatch, Flight
from textnlp.adapters.engines.provider_batch.results import error_from_fault
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_HINT = "Ask them again, or ask them online: the provider has no time for them."


class Remainder:
    """Puts requests into a further batch while somebody waits for them, and gives up those that cannot be answered.

    Args:
        gather: takes a request that is to be in a further batch, by its model.
    """

    def __init__(self, context: BatchContext, *, gather: Callable[[str, Flight], None]) -> None:
        self._context = context
        self._flights = context.flights
        self._gather = gather

    def see_to(self, carried: CarriedBatch, status: BatchStatus | None, *, answered: int) -> None:
        """Decide about what an ended batch has left.

        Requests at lines that the provider found faulty are refused, and the others are put into a further batch,
        which does not count against them; where the whole file is at fault, all are refused. Else a further batch
        follows until a request has been in as many as it may.
        """
        record, faults = carried.record, status.faults if status is not None and status.status == "failed" else []
        named = {
            record.hashes[line - 1]: fault
            for fault in reversed(faults)
            if (line := fault.line_number) is not None and 0 < line <= len(record.hashes)
        }
        rest = carried.unload()
        if faults and not named and not answered:
            self.fail(rest, self._error(faults[0]))
            return
        for flight in rest:
            if flight.key in named:
                self._flights.settle(flight, self._error(named[flight.key]))
            elif named:
                flight.round -= 1
                self._again(record.model, flight)
            elif flight.round >= self._context.options.max_rounds and flight.waiters:
                self._flights.settle(flight, self._given_up(flight, status))
            else:
                self._again(record.model, flight)

    def ask_again(self, carried: CarriedBatch) -> None:
        """Put all that a batch has left into a further one; for a batch that the provider never took."""
        for flight in carried.unload():
            flight.round = max(0, flight.round - 1)
            self._again(carried.record.model, flight)

    def fail(self, flights: list[Flight], error: TextNLPError) -> None:
        """Give one error to all who wait."""
        for flight in flights:
            self._flights.settle(flight, error)

    def _again(self, model: str, flight: Flight) -> None:
        if flight.is_wanted:
            self._gather(model, flight)
        else:
            self._flights.drop(flight)

    def _error(self, fault: BatchFault) -> TextNLPError:
        return error_from_fault(fault, origin=self._context.origin, now=self._context.clock.now())

    def _given_up(self, flight: Flight, status: BatchStatus | None) -> TextNLPError:
        how = "is gone" if status is None else f"is {status.status}"
        is_late = status is not None and status.status == "expired"
        return TextNLPError(
            f"{self._context.origin} left the request without an answer in {flight.round} batches; the last one {how}.",
            kind=ErrorKind.TIMEOUT if is_late else ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint=_HINT, attempts=flight.round),
        )
