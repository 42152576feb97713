import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doubles.clock import ManualClock
from textnlp.adapters.limits.fallback import FallbackCallLimiter
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.limits.redis import RedisCallLimiter, connect
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.call_limiter import CallLimiter
from textnlp.topology.limits import CALL_LIMITS, QUOTA, RATE_LIMIT, TOKEN_LIMIT, CallLimit

RATE, MONTH, TOKENS = (
    next(limit for limit in CALL_LIMITS if limit.name == name) for name in (RATE_LIMIT, QUOTA, TOKEN_LIMIT)
)
FEW = CallLimit(name="few", counts="calls", allowed=5, renewal_seconds=60)
LONG = CallLimit(name="long", counts="calls", allowed=5, renewal_seconds=3_600)
FEW_TOKENS = CallLimit(name="few-tokens", counts="tokens", allowed=100, renewal_seconds=60)

LimiterOpener = Callable[[ManualClock], contextlib.AbstractAsyncContextManager[CallLimiter]]
_callers = (f"caller {number}" for number in itertools.count())


@pytest.fixture(params=["memory", "redis", "fallback"])
def open_limiter(request: pytest.FixtureRequest) -> LimiterOpener:
    def make(clock: ManualClock) -> CallLimiter:
        memory = MemoryCallLimiter(clock=clock)
        if request.param == "memory":
            return memory
        redis = RedisCallLimiter(connect(request.getfixturevalue("redis_url")), clock=clock)
        return redis if request.param == "redis" else FallbackCallLimiter(redis, memory, clock=clock, wait_seconds=60)

    @contextlib.asynccontextmanager
    async def opened(clock: ManualClock) -> AsyncGenerator[CallLimiter]:
        limiter = make(clock)
        try:
            yield limiter
        finally:
            await limiter.aclose()

    return opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def limiter(open_limiter: LimiterOpener, clock: ManualClock) -> AsyncGenerator[CallLimiter]:
    async with open_limiter(clock) as opened:
        yield opened


@pytest.fixture
def caller() -> str:
    return next(_callers)


async def _taken(limiter: CallLimiter, caller: str, limit: CallLimit, times: int, *, tokens: int = 0) -> int:
    decisions = [await limiter.take(caller, [limit], tokens=tokens) for _ in range(times)]
    return sum(decision.is_allowed for decision in decisions)


async def test_a_limiter_in_use_can_be_reached(limiter: CallLimiter) -> None:
    await limiter.check()


async def test_all_that_the_platform_allows_may_be_taken_at_once_and_one_call_more_is_refused(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    for number in range(1, 1_001):
        decision = await limiter.take(caller, CALL_LIMITS, tokens=1)
        assert decision.is_allowed
        assert (decision.limit_name, decision.allowed, decision.remaining) == ("rate-limit", 1_000, 1_000 - number)
    await clock.advance(20)
    refused = await limiter.take(caller, CALL_LIMITS, tokens=1)
    assert not refused.is_allowed
    assert (refused.limit_name, refused.allowed, refused.remaining) == ("rate-limit", 1_000, 0)
    assert refused.retry_after_seconds == 40
    assert refused.reset_seconds == 40
    await clock.advance(39.999)
    assert not (await limiter.take(caller, CALL_LIMITS)).is_allowed
    await clock.advance(0.001)
    assert await _taken(limiter, caller, RATE, 1_001) == 1_000


async def test_a_month_is_over_for_every_caller_at_once(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    until_next = MONTH.renewal_seconds - clock.now().timestamp() % MONTH.renewal_seconds
    assert until_next != MONTH.renewal_seconds
    assert (await limiter.take(caller, [MONTH], calls=1)).reset_seconds == until_next
    await clock.advance(until_next - 10)
    assert (await limiter.take(f"{caller} too", [MONTH], calls=1)).reset_seconds == 10
    assert (await limiter.take(caller, [MONTH], calls=MONTH.allowed - 1)).is_allowed
    refused = await limiter.take(caller, [MONTH])
    assert (refused.is_allowed, refused.limit_name, refused.retry_after_seconds) == (False, "quota", 10)
    await clock.advance(10)
    assert (await limiter.take(caller, [MONTH], calls=MONTH.allowed)).is_allowed


async def test_a_call_that_one_limit_refuses_charges_none(
    limiter: CallLimiter, clock: ManualClock, caller: str
) -> None:
    assert await _taken(limiter, caller, FEW_TOKENS, 1, tokens=90) == 1
    for _ in range(10):
        refused = await limiter.take(caller, [FEW, LONG, FEW_TOKENS], tokens=20)
        assert (refused.is_allowed, refused.limit_name, refused.remaining) == (False, "few-tokens", 10)
    assert await _taken(limiter, caller, FEW, 10) == 5
    assert await _taken(limiter, caller, LONG, 10) == 5
    assert (await limiter.take(caller, [FEW_TOKENS], tokens=10)).is_allowed


async def test_of_several_limits_without_room_the_one_with_the_longest_wait_is_named(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    await limiter.take(caller, [LONG], calls=5)
    await clock.advance(30)
    await limiter.take(caller, [FEW], calls=5)
    for limits in ([FEW, LONG], [LONG, FEW]):
        refused = await limiter.take(caller, limits)
        assert (refused.limit_name, refused.retry_after_seconds) == ("long", 3_570)
    await clock.advance(3_570)
    assert (await limiter.take(caller, [FEW, LONG])).is_allowed


async def test_an_allowed_call_tells_of_the_limit_with_the_smallest_share_left(
    limiter: CallLimiter,
    caller: str,
) -> None:
    decision = await limiter.take(caller, [FEW, FEW_TOKENS], tokens=50)
    assert (decision.limit_name, decision.remaining) == ("few-tokens", 50)
    decision = await limiter.take(caller, [FEW, FEW_TOKENS], calls=3, tokens=1)
    assert (decision.limit_name, decision.remaining) == ("few", 1)
    assert decision.retry_after_seconds == 0


async def test_callers_do_not_use_up_each_others_limits(limiter: CallLimiter, caller: str) -> None:
    others = [caller, next(_callers), f"{{{caller}}}", "}" + caller, f"{caller}: Zoë\udc80"]
    assert [await _taken(limiter, other, FEW, 6) for other in others] == [5] * len(others)


async def test_a_limit_of_tokens_does_not_stand_in_the_way_of_a_call_without_tokens(
    limiter: CallLimiter,
    caller: str,
) -> None:
    await limiter.take(caller, [FEW_TOKENS], tokens=100)
    decision = await limiter.take(caller, [FEW, FEW_TOKENS])
    assert (decision.is_allowed, decision.limit_name) == (True, "few")


async def test_more_than_a_limit_ever_allows_is_too_large_and_charges_nothing(
    limiter: CallLimiter,
    caller: str,
) -> None:
    with pytest.raises(TextNLPError) as caught:
        await limiter.take(caller, [FEW, FEW_TOKENS], tokens=101)
    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert caught.value.facts.limit_name == "few-tokens"
    assert await _taken(limiter, caller, FEW, 6) == 5


async def test_tokens_that_were_not_used_have_room_again(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    await limiter.take(caller, [FEW, FEW_TOKENS], tokens=100)
    await clock.advance(10)
    await limiter.settle(caller, [FEW, FEW_TOKENS], tokens=-60, taken_seconds_ago=10)
    assert not (await limiter.take(caller, [FEW_TOKENS], tokens=61)).is_allowed
    assert (await limiter.take(caller, [FEW, FEW_TOKENS], tokens=60)).remaining == 0
    assert await _taken(limiter, caller, FEW, 5) == 3, "the calls themselves stay counted"


async def test_tokens_used_beyond_the_estimate_make_the_next_call_wait(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    await limiter.take(caller, [FEW_TOKENS], tokens=10)
    await clock.advance(30)
    await limiter.settle(caller, [FEW_TOKENS], tokens=95, taken_seconds_ago=30)
    refused = await limiter.take(caller, [FEW_TOKENS], tokens=1)
    assert (refused.is_allowed, refused.remaining, refused.retry_after_seconds) == (False, 0, 30)
    await clock.advance(30)
    assert (await limiter.take(caller, [FEW_TOKENS], tokens=5)).is_allowed
    assert (await limiter.take(caller, [FEW_TOKENS], tokens=1)).retry_after_seconds == 30


async def test_tokens_are_given_back_from_the_oldest_and_never_twice(
    limiter: CallLimiter,
    clock: ManualClock,
    caller: str,
) -> None:
    await limiter.take(caller, [FEW_TOKENS], tokens=50)
    await clock.advance(40)
    await limiter.take(caller, [FEW_TOKENS], tokens=50)
    await limiter.settle(caller, [FEW_TOKENS], tokens=-30)
    await clock.advance(20)
    assert (await limiter.take(caller, [FEW_TOKENS], tokens=50)).remaining == 0
    await limiter.settle(caller, [FEW_TOKENS], tokens=-30, taken_seconds_ago=60)
    assert not (await limiter.take(caller, [FEW_TOKENS], tokens=1)).is_allowed
    await limiter.settle(caller, [FEW_TOKENS], tokens=-500)
    assert (await limiter.take(caller, [FEW_TOKENS], tokens=1)).remaining == 99


async def test_settling_what_nobody_took_or_nothing_changes_nothing(limiter: CallLimiter, caller: str) -> None:
    await limiter.settle(caller, [FEW_TOKENS], tokens=-10)
    await limiter.settle(caller, [FEW_TOKENS], tokens=0)
    await limiter.settle(caller, [FEW], tokens=3)
    assert (await limiter.take(caller, [FEW, FEW_TOKENS], tokens=10)).limit_name == "few"


async def test_callers_at_once_get_exactly_what_is_allowed(limiter: CallLimiter, caller: str) -> None:
    decisions = await asyncio.gather(*(limiter.take(caller, [FEW, LONG]) for _ in range(40)))
    assert Counter(decision.is_allowed for decision in decisions) == {True: 5, False: 35}


async def test_two_processes_on_one_redis_let_through_exactly_the_limit_together(redis_url: str, caller: str) -> None:
    async with (
        contextlib.aclosing(RedisCallLimiter(connect(redis_url))) as one,
        contextlib.aclosing(RedisCallLimiter(connect(redis_url))) as other,
    ):
        takes = [limiter.take(caller, CALL_LIMITS) for _ in range(600) for limiter in (one, other)]
        decisions = await asyncio.gather(*takes)
    assert sum(decision.is_allowed for decision in decisions) == 1_000
    refused = next(decision for decision in decisions if not decision.is_allowed)
    assert refused.limit_name == "rate-limit"
    assert 30 < refused.retry_after_seconds <= 60, "by the time of the server, which both share"


async def test_a_caller_who_waits_as_long_as_the_server_said_is_let_through(redis_url: str, caller: str) -> None:
    second = CallLimit(name="second", counts="calls", allowed=3, renewal_seconds=1)
    async with contextlib.aclosing(RedisCallLimiter(connect(redis_url))) as limiter:
        for _ in range(2):
            assert (await limiter.take(caller, [second], calls=3)).is_allowed
            refused = await limiter.take(caller, [second])
            assert 0 < refused.retry_after_seconds <= 1
            await asyncio.sleep(refused.retry_after_seconds)


_STEPS = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0, 2), st.floats(0, 70), st.sampled_from([1.0, 59.999999, 60.0, 3_600.0])),
        st.integers(1, 5),
        st.booleans(),
    ),
    max_size=40,
)


def test_no_window_lets_more_through_than_is_allowed_and_who_waits_is_let_through(open_limiter: LimiterOpener) -> None:
    @given(_STEPS)
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(steps: list[tuple[float, int, bool]]) -> None:
        asyncio.run(_check_windows(open_limiter, steps))

    check()


async def _check_windows(open_limiter: LimiterOpener, steps: list[tuple[float, int, bool]]) -> None:
    clock = ManualClock()
    since_1970 = round((clock.now().timestamp() - clock.monotonic()) * 1_000_000)
    caller = next(_callers)
    taken: list[tuple[int, int]] = []
    async with open_limiter(clock) as limiter:
        for pause, calls, is_patient in steps:
            await clock.advance(pause)
            decision = await limiter.take(caller, [FEW, LONG], calls=calls)
            if not decision.is_allowed and is_patient:
                await clock.advance(decision.retry_after_seconds)
                decision = await limiter.take(caller, [FEW, LONG], calls=calls)
                assert decision.is_allowed
            if decision.is_allowed:
                taken.append((round(clock.monotonic() * 1_000_000), calls))
    for start, _ in taken:
        within = sum(calls for at, calls in taken if start <= at < start + FEW.renewal_seconds * 1_000_000)
        assert within <= FEW.allowed
    _check_fixed(taken, LONG, since_1970=since_1970)


def _check_fixed(taken: list[tuple[int, int]], limit: CallLimit, *, since_1970: int) -> None:
    """Assert that no period, each counted since 1970, held more than is allowed."""
    used = Counter[int]()
    for at, calls in taken:
        used[(since_1970 + at) // (limit.renewal_seconds * 1_000_000)] += calls
    assert max(used.values(), default=0) <= limit.allowed
