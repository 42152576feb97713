import asyncio
from typing import Any

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.provider_batch.flights import Flight
from textnlp.adapters.engines.provider_batch.gathering import Gathering
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions


class Bench:
    """A gathering whose files are kept as the sizes of their requests."""

    def __init__(self, *, token_limit: int | None = None, **given: Any) -> None:
        self.clock = ManualClock()
        self.files: list[tuple[str, list[int]]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._gathering = Gathering(
            ProviderBatchOptions(**given),
            clock=self.clock,
            release=lambda model, flights: self.files.append((model, [flight.size_bytes for flight in flights])),
            limit_of=lambda model: token_limit if model == "m" else None,
            spawn=lambda work: self.tasks.append(asyncio.create_task(work)),
        )

    def add(self, *sizes: int, model: str = "m") -> None:
        for size in sizes:
            flight = Flight(b"")
            flight.size_bytes = flight.prompt_tokens = size
            self._gathering.add(model, flight)


async def test_a_file_is_closed_when_it_has_been_quiet() -> None:
    bench = Bench(gather_seconds=2.0)
    bench.add(1)
    await bench.clock.advance(1.5)
    bench.add(2)
    await bench.clock.advance(1.9)
    assert bench.files == []
    await bench.clock.advance(0.2)
    assert bench.files == [("m", [1, 2])]
    assert all(task.done() for task in bench.tasks)


async def test_a_file_is_closed_in_the_end_however_much_still_comes() -> None:
    bench = Bench(gather_seconds=2.0, longest_gather_seconds=5.0)
    for number in range(6):
        bench.add(number)
        await bench.clock.advance(1.0)
    assert bench.files == [("m", [0, 1, 2, 3, 4])]


async def test_a_full_file_is_closed_at_once() -> None:
    bench = Bench(max_rows=2)
    bench.add(1, 2, 3)
    assert bench.files == [("m", [1, 2])]
    await bench.clock.advance(2.0)
    assert bench.files == [("m", [1, 2]), ("m", [3])]


async def test_a_request_that_does_not_fit_goes_into_the_next_file() -> None:
    bench = Bench(max_bytes=10)
    bench.add(6, 4, 1, 10, 20)
    await bench.clock.advance(2.0)
    assert bench.files == [("m", [6, 4]), ("m", [1]), ("m", [10]), ("m", [20])]


async def test_tokens_that_may_wait_bound_a_file_of_their_model() -> None:
    bench = Bench(token_limit=5)
    bench.add(3, 3, model="m")
    bench.add(3, 3, model="n")
    await bench.clock.advance(2.0)
    assert sorted(bench.files) == [("m", [3]), ("m", [3]), ("n", [3, 3])]
