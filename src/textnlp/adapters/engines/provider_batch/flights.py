"""Requests on their way, each with those who wait for its answer, and the batches that carry them."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Completion, GenerationRequest

Outcome = Completion | TextNLPError
"""What became of a request."""

_MOST_UNCLAIMED = 4_096


class Flight:
    """One request, for all who ask it at the same time.

    Attributes:
        key: the payload hash.
        request: what is asked; None for one of an earlier process that nobody has asked here.
        size_bytes: length of its line in a file.
        prompt_tokens: estimate of its part of the provider's quota.
        waiters: how many wait for the answer.
        round: how many batches it has been in.
        carriers: the living batches that it is in; two where processes have overlapped.
        outcome: what became of it; never holds an exception, so that none goes unseen.
    """

    __slots__ = ("carriers", "key", "outcome", "prompt_tokens", "request", "round", "size_bytes", "waiters")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.request: GenerationRequest | None = None
        self.size_bytes = 0
        self.prompt_tokens = 0
        self.waiters = 0
        self.round = 0
        self.carriers: set[CarriedBatch] = set()
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for an answer that is not there."""
        return self.waiters > 0 and not self.outcome.done()

    def begin_wait(self) -> None:
        """Count one more who waits."""
        self.waiters += 1
        if self.waiters == 1:
            for carrier in self.carriers:
                carrier.awaited += 1

    def end_wait(self) -> None:
        """Count one less who waits."""
        self.waiters -= 1
        if self.waiters == 0:
            for carrier in self.carriers:
                carrier.awaited -= 1


class CarriedBatch:
    """A batch at the provider with the flights in it.

    Attributes:
        record: what the journal holds of it.
        awaited: how many of its flights somebody waits for.
        is_cancelled: whether the provider was asked to cancel it.
    """

    def __init__(self, record: ProviderBatch, flights: Iterable[Flight]) -> None:
        self.record = record
        self.flights = {flight.key: flight for flight in flights}
        self.awaited = 0
        self.is_cancelled = False
        for flight in self.flights.values():
            flight.carriers.add(self)
            self.awaited += flight.waiters > 0

    def unload(self) -> list[Flight]:
        """Let go of all flights and return those that have no answer and are in no other batch."""
        for flight in self.flights.values():
            flight.carriers.discard(self)
        rest = [each for each in self.flights.values() if not each.outcome.done() and not each.carriers]
        self.flights = {}
        return rest


class Flights:
    """All flights by key; remembers some answers that came for nobody, each for the first who asks."""

    def __init__(self) -> None:
        self._flights: dict[bytes, Flight] = {}
        self._unclaimed: OrderedDict[bytes, Flight] = OrderedDict()

    def __iter__(self) -> Iterator[Flight]:
        return iter(list(self._flights.values()))

    def join(self, key: bytes) -> tuple[Flight, bool]:
        """Return the flight of a key, and whether it is a new one."""
        answered = self._unclaimed.pop(key, None)
        if answered is not None:
            return answered, False
        is_new = key not in self._flights
        return self.of(key), is_new

    def of(self, key: bytes) -> Flight:
        """Return the flight of a key, a new one where there is none."""
        if (flight := self._flights.get(key)) is None:
            flight = self._flights[key] = Flight(key)
        return flight

    def settle(self, flight: Flight, outcome: Outcome) -> None:
        """Give the outcome to all who wait; the first one of a flight holds."""
        if flight.outcome.done():
            return
        flight.outcome.set_result(outcome)
        self.drop(flight)
        if not flight.waiters and isinstance(outcome, Completion):
            self._unclaimed[flight.key] = flight
            if len(self._unclaimed) > _MOST_UNCLAIMED:
                self._unclaimed.popitem(last=False)

    def drop(self, flight: Flight) -> None:
        """Forget a flight."""
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]
