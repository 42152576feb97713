import asyncio
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doubles.clock import ManualClock
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.limits.redis import RedisCallLimiter, connect
from textnlp.topology.limits import CallLimit

_LIMITS = (
    CallLimit(name="calls", counts="calls", allowed=7, renewal_seconds=60),
    CallLimit(name="month", counts="calls", allowed=20, renewal_seconds=3_600),
    CallLimit(name="tokens", counts="tokens", allowed=50, renewal_seconds=60),
    CallLimit(name="month-tokens", counts="tokens", allowed=90, renewal_seconds=3_600),
)
_callers = (f"twin {number}" for number in itertools.count())
_PAUSES = st.one_of(st.just(0.0), st.floats(-3, 3), st.floats(0, 90), st.sampled_from([1.0, 60.0, 3_600.0, -500.0]))
_TAKE = st.tuples(_PAUSES, st.just("take"), st.integers(0, 4), st.integers(1, 50))
_SETTLE = st.tuples(_PAUSES, st.just("settle"), st.sampled_from([0, 1, 59, 60, 300]), st.integers(-60, 60))


def test_the_script_counts_as_the_window_of_the_domain_does_even_when_time_runs_backwards(redis_url: str) -> None:
    @given(st.lists(st.one_of(_TAKE, _SETTLE), max_size=50))
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(steps: list[tuple[float, str, int, int]]) -> None:
        asyncio.run(_compare(redis_url, steps))

    check()


async def _compare(redis_url: str, steps: list[tuple[float, str, int, int]]) -> None:
    clock = ManualClock(monotonic=100_000.0)
    caller = next(_callers)
    redis = RedisCallLimiter(connect(redis_url), clock=clock)
    twins = (MemoryCallLimiter(clock=clock), redis)
    try:
        for pause, action, number, tokens in steps:
            await clock.advance(pause)
            if action == "take":
                decisions = [await twin.take(caller, _LIMITS, calls=number, tokens=tokens) for twin in twins]
                assert decisions[0] == decisions[1]
            else:
                for twin in twins:
                    await twin.settle(caller, _LIMITS, tokens=tokens, taken_seconds_ago=number)
    finally:
        await redis.aclose()
