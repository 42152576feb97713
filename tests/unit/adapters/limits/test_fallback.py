import asyncio
from collections.abc import Sequence

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.limits.fallback import FallbackCallLimiter
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.limits.decision import LimitDecision
from textnlp.topology.limits import CallLimit

CALLS = CallLimit(name="calls", counts="calls", allowed=10, renewal_seconds=60)
TOKENS = CallLimit(name="tokens", counts="tokens", allowed=100, renewal_seconds=60)
BOTH = (CALLS, TOKENS)


class FaultyLimiter:
    """Counts in memory, and fails with what the test says; without an event set it hangs."""

    def __init__(self, clock: ManualClock) -> None:
        self._counts = MemoryCallLimiter(clock=clock)
        self.fault: TextNLPError | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = 0
        self.is_closed = False

    async def take(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        calls: int = 1,
        tokens: int = 0,
    ) -> LimitDecision:
        await self.check()
        return await self._counts.take(caller, limits, calls=calls, tokens=tokens)

    async def settle(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        tokens: int,
        taken_seconds_ago: float = 0.0,
    ) -> None:
        await self.check()
        await self._counts.settle(caller, limits, tokens=tokens, taken_seconds_ago=taken_seconds_ago)

    async def check(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.fault:
            raise self.fault

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def shared(clock: ManualClock) -> FaultyLimiter:
    return FaultyLimiter(clock)


@pytest.fixture
def local(clock: ManualClock) -> FaultyLimiter:
    return FaultyLimiter(clock)


@pytest.fixture
def limiter(shared: FaultyLimiter, local: FaultyLimiter, clock: ManualClock) -> FallbackCallLimiter:
    return FallbackCallLimiter(shared, local, clock=clock, wait_seconds=0.01)


def _fault(kind: ErrorKind = ErrorKind.UNAVAILABLE) -> TextNLPError:
    return TextNLPError("It is away.", kind=kind, facts=ErrorFacts(hint="Start it."))


async def test_while_the_shared_limiter_is_away_it_is_asked_once_in_five_seconds(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
    clock: ManualClock,
) -> None:
    shared.fault = _fault()
    asked: list[int] = []
    for _ in range(4):
        for _ in range(5):
            await limiter.take("a", [CALLS])
        asked.append(shared.asked)
        await clock.advance(2.5)
    assert asked == [1, 1, 2, 2]


async def test_while_one_call_asks_again_no_other_waits_for_it(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
    clock: ManualClock,
) -> None:
    shared.fault = _fault()
    await limiter.take("a", [CALLS])
    await clock.advance(5)
    shared.fault = None
    shared.answers.clear()
    first = asyncio.create_task(limiter.take("a", [CALLS]))
    await asyncio.sleep(0)
    assert (await limiter.take("b", [CALLS])).remaining == 9
    assert not first.done()
    shared.answers.set()
    await first
    assert not limiter.is_degraded


async def test_a_shared_limiter_that_hangs_is_not_waited_for(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
) -> None:
    shared.answers.clear()
    assert (await limiter.take("a", [CALLS])).is_allowed
    assert limiter.is_degraded
    with pytest.raises(TextNLPError, match="did not answer") as caught:
        await limiter.check()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "REDIS_URL" in caught.value.full_text


async def test_the_check_says_why_while_degraded_and_finds_that_it_is_over_without_any_call(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
    clock: ManualClock,
) -> None:
    await limiter.check()
    shared.fault = _fault()
    await limiter.take("a", [CALLS])
    shared.fault = None
    for _ in range(2):
        with pytest.raises(TextNLPError, match=r"It is away\.") as caught:
            await limiter.check()
        assert (caught.value.kind, caught.value.facts.hint) == (ErrorKind.UNAVAILABLE, "Start it.")
    await clock.advance(5)
    await limiter.check()
    assert not limiter.is_degraded


async def test_other_errors_of_the_shared_limiter_are_passed_on(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
) -> None:
    shared.fault = _fault(ErrorKind.INTERNAL)
    for call in (limiter.take("a", [CALLS]), limiter.settle("a", [TOKENS], tokens=1), limiter.check()):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.INTERNAL
    assert not limiter.is_degraded


async def test_what_the_shared_limiter_let_through_is_known_when_it_goes(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
) -> None:
    await limiter.take("a", BOTH, tokens=80)
    await limiter.settle("a", BOTH, tokens=-50)
    shared.fault = _fault()
    decision = await limiter.take("a", BOTH, tokens=10)
    assert (decision.limit_name, decision.remaining) == ("tokens", 60)


async def test_what_the_local_limiter_was_charged_is_not_given_back_to_the_shared_one(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
    clock: ManualClock,
) -> None:
    await limiter.take("a", [TOKENS], tokens=50)
    shared.fault = _fault()
    await limiter.take("a", [TOKENS], tokens=40)
    await clock.advance(5)
    shared.fault = None
    await limiter.check()
    await clock.advance(1)
    await limiter.settle("a", [TOKENS], tokens=-40, taken_seconds_ago=6)
    assert (await shared.take("a", [TOKENS], tokens=10)).remaining == 40
    await limiter.settle("a", [TOKENS], tokens=-10, taken_seconds_ago=0.5)
    assert (await shared.take("a", [TOKENS], tokens=10)).remaining == 40


async def test_settling_while_the_shared_limiter_goes_or_is_away_raises_nothing(
    limiter: FallbackCallLimiter,
    shared: FaultyLimiter,
    local: FaultyLimiter,
) -> None:
    await limiter.take("a", [TOKENS], tokens=50)
    shared.fault = _fault()
    for _ in range(2):
        await limiter.settle("a", [TOKENS], tokens=-20)
        assert limiter.is_degraded
    assert (await local.take("a", [TOKENS], tokens=10)).remaining == 80


async def test_closing_closes_both(limiter: FallbackCallLimiter, shared: FaultyLimiter, local: FaultyLimiter) -> None:
    await limiter.aclose()
    assert shared.is_closed
    assert local.is_closed
