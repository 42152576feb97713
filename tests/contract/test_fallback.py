import asyncio
import time

from tests.doubles.clock import ManualClock
from tests.doubles.redis_server import RedisServer
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.limits.fallback import FallbackCallLimiter
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.limits.redis import RedisCallLimiter, connect
from textnlp.topology.limits import CALL_LIMITS


def _limiter(server: RedisServer, clock: ManualClock) -> FallbackCallLimiter:
    shared = RedisCallLimiter(connect(server.url))
    return FallbackCallLimiter(shared, MemoryCallLimiter(clock=clock), clock=clock)


async def test_answers_go_on_when_the_server_is_killed_and_are_shared_again_when_it_is_back(
    redis_server: RedisServer,
) -> None:
    clock = ManualClock()
    limiter = _limiter(redis_server, clock)
    decisions = await asyncio.gather(*(limiter.take("a", CALL_LIMITS) for _ in range(600)))
    assert not limiter.is_degraded

    async def take_many() -> int:
        taken = [await limiter.take("a", CALL_LIMITS) for _ in range(600)]
        return sum(decision.is_allowed for decision in taken)

    others = asyncio.gather(take_many(), take_many())
    await asyncio.sleep(0)
    redis_server.kill()
    allowed = sum(decision.is_allowed for decision in decisions) + sum(await others)
    assert limiter.is_degraded
    assert allowed == 1_000, "the process knows what it let through before"

    redis_server.start()
    assert not (await limiter.take("a", CALL_LIMITS)).is_allowed
    assert limiter.is_degraded, "it is not asked again before its time"
    await clock.advance(5)
    assert (await limiter.take("a", CALL_LIMITS)).remaining == 999, "the server came back empty"
    assert not limiter.is_degraded
    await limiter.check()
    await limiter.aclose()


async def test_a_burst_of_calls_is_no_reason_to_count_alone(redis_server: RedisServer) -> None:
    limiter = _limiter(redis_server, ManualClock())
    decisions = await asyncio.gather(*(limiter.take("a", CALL_LIMITS) for _ in range(1_500)))
    assert sum(decision.is_allowed for decision in decisions) == 1_000
    assert not limiter.is_degraded
    await limiter.aclose()


async def test_a_server_that_hangs_is_waited_for_half_a_second(redis_server: RedisServer) -> None:
    system = SystemClock()
    limiter = _limiter(redis_server, ManualClock())
    await limiter.take("a", CALL_LIMITS)
    with redis_server.stopped():
        began = system.monotonic()
        decisions = await asyncio.gather(*(limiter.take("a", CALL_LIMITS) for _ in range(100)))
        assert 0.5 <= system.monotonic() - began < 5
    assert limiter.is_degraded
    assert sorted(decision.remaining for decision in decisions) == list(range(899, 999))
    await limiter.aclose()


async def test_a_stall_of_this_process_is_not_taken_for_a_server_that_hangs(redis_server: RedisServer) -> None:
    limiter = _limiter(redis_server, ManualClock())
    await limiter.take("a", CALL_LIMITS)
    taking = asyncio.create_task(limiter.take("a", CALL_LIMITS))
    with redis_server.stopped():
        await asyncio.sleep(0.1)
        time.sleep(0.6)  # noqa: ASYNC251  the stall: nothing of this process runs
    assert (await taking).remaining == 998
    assert not limiter.is_degraded
    await limiter.aclose()
