import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.provider_batch.patience import Patience, Pauses, wait_for_either
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


def failing(*kinds: ErrorKind, wait_seconds: float | None = None) -> Callable[[], Awaitable[str]]:
    left = list(kinds)

    async def ask() -> str:
        if left:
            raise TextNLPError("No.", kind=left.pop(0), facts=ErrorFacts(retry_after_seconds=wait_seconds))
        return "answer"

    return ask


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def patience(clock: ManualClock) -> Patience:
    return Patience(clock, first_seconds=1.0, longest_seconds=4.0, max_attempts=3)


def test_pauses_grow_up_to_a_bound() -> None:
    pauses = Pauses(1.0, longest_seconds=5.0)
    assert [pauses.next() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    pauses.reset()
    assert pauses.next() == 1.0


async def test_what_may_pass_is_asked_again_a_few_times(patience: Patience, clock: ManualClock) -> None:
    asked = asyncio.create_task(patience.insist(failing(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE)))
    await clock.advance(3.1)
    assert await asked == "answer"
    given_up = asyncio.create_task(patience.insist(failing(*[ErrorKind.UNAVAILABLE] * 3)))
    await clock.advance(3.1)
    with pytest.raises(TextNLPError):
        await given_up


async def test_what_is_paid_for_is_asked_for_as_long_as_it_takes(patience: Patience, clock: ManualClock) -> None:
    asked = asyncio.create_task(patience.persist(failing(*[ErrorKind.UNAVAILABLE] * 50)))
    await clock.advance(250)
    assert await asked == "answer"


@pytest.mark.parametrize("kinds", [[ErrorKind.FORBIDDEN], [ErrorKind.BAD_RESPONSE] * 3])
async def test_what_will_not_pass_is_raised(patience: Patience, clock: ManualClock, kinds: list[ErrorKind]) -> None:
    asked = asyncio.create_task(patience.persist(failing(*kinds)))
    await clock.advance(10)
    with pytest.raises(TextNLPError) as caught:
        await asked
    assert caught.value.kind is kinds[0]


async def test_the_far_side_says_how_long_to_wait(patience: Patience, clock: ManualClock) -> None:
    asked = asyncio.create_task(patience.insist(failing(ErrorKind.RATE_LIMITED, wait_seconds=30.0)))
    await clock.advance(29)
    assert not asked.done()
    await clock.advance(1.1)
    assert await asked == "answer"


async def test_either_the_event_or_the_time_ends_a_wait(clock: ManualClock) -> None:
    event = asyncio.Event()
    by_time = asyncio.create_task(wait_for_either(event, seconds=5.0, clock=clock))
    await clock.advance(5.1)
    assert by_time.done()
    by_event = asyncio.create_task(wait_for_either(event, seconds=5.0, clock=clock))
    await clock.advance(1)
    event.set()
    await clock.advance(0)
    assert by_event.done()
    assert clock.sleeping == 0
