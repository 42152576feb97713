from tests.doubles.clock import ManualClock
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.topology.limits import CallLimit

LIMIT = CallLimit(name="calls", counts="calls", allowed=5, renewal_seconds=60)


async def test_of_too_many_callers_the_one_idle_for_longest_is_forgotten() -> None:
    limiter = MemoryCallLimiter(clock=ManualClock(), max_callers=2)
    for caller in ("idle", "busy", "idle", "busy"):
        await limiter.take(caller, [LIMIT])
    await limiter.take("another", [LIMIT])
    assert (await limiter.take("busy", [LIMIT])).remaining == 2
    assert (await limiter.take("idle", [LIMIT])).remaining == 4


async def test_a_closed_limiter_has_forgotten_everybody() -> None:
    limiter = MemoryCallLimiter(clock=ManualClock())
    await limiter.take("a", [LIMIT])
    await limiter.aclose()
    await limiter.aclose()
    assert (await limiter.take("a", [LIMIT])).remaining == 4
