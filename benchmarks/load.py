"""What do callers of a chat endpoint meet, however many there are or however often they call?

    python benchmarks/load.py http://127.0.0.1:8000/v1 --key-env KEY --requests 2000 --connections 16
    python benchmarks/load.py http://127.0.0.1:8000/v1 --key-env KEY --per-second 50 --seconds 30

The first is a closed loop: each connection asks again when it has its answer, so that a slow server is asked less. The
second is an open one: calls come at their moments whether or not the last was answered, and each is timed from the
moment at which it was due, so that a stalled server is not spared the calls it held up.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from dataclasses import dataclass

import aiohttp
import uvloop

CONNECTIONS = 16
REQUESTS = 6_000
ASKED = {"model": "stub", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8}
BODY = json.dumps(ASKED).encode()


@dataclass(frozen=True, slots=True)
class Load:
    """What a load met."""

    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and with which credential."""

    base_url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}


async def ask(session: aiohttp.ClientSession, target: Target, body: bytes, *, due: float | None = None) -> float:
    """Make one call and return in milliseconds how long its answer took, from when it was due."""
    began = time.perf_counter() if due is None else due
    async with session.post(f"{target.base_url}/chat/completions", data=body) as response:
        await response.read()
        assert response.status == 200, await response.text()
    return (time.perf_counter() - began) * 1000


async def load(
    target: Target,
    *,
    requests: int = REQUESTS,
    connections: int = CONNECTIONS,
    body: bytes = BODY,
) -> Load:
    """Ask from all connections until every request is answered."""
    times: list[float] = []
    left = iter(range(requests))
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, headers=target.headers) as session:

        async def connection() -> None:
            times.extend([await ask(session, target, body) for _ in left])

        began = time.perf_counter()
        await asyncio.gather(*(connection() for _ in range(connections)))
        seconds = time.perf_counter() - began
    return load_of(times, seconds)


async def paced_load(target: Target, *, per_second: float, seconds: float, body: bytes = BODY) -> Load:
    """Ask at an even pace, whether or not the last answer has come."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=target.headers) as session:
        began = time.perf_counter()
        calls: list[asyncio.Task[float]] = []
        while (elapsed := time.perf_counter() - began) < seconds:
            while len(calls) < elapsed * per_second:
                due = began + len(calls) / per_second
                calls.append(asyncio.create_task(ask(session, target, body, due=due)))
            await asyncio.sleep(0.001)
        times = await asyncio.gather(*calls)
    return load_of(times, seconds)


def load_of(times: list[float], seconds: float) -> Load:
    """Return what calls met that took `times` milliseconds."""
    quantiles = statistics.quantiles(times, n=100)
    return Load(len(times) / seconds, quantiles[49], quantiles[98])


def median(loads: list[Load]) -> Load:
    """Return the one in the middle by calls a second."""
    return sorted(loads, key=lambda each: each.per_second)[len(loads) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_url", help="the address with /v1")
    parser.add_argument("--key-env", help="variable that has the API key or token")
    parser.add_argument("--model", default="stub")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="closed loop: calls in all")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="closed loop: callers")
    parser.add_argument("--per-second", type=float, help="open loop: calls a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="open loop: how long")
    asked = parser.parse_args()
    target = Target(asked.base_url, os.environ[asked.key_env] if asked.key_env else "none")
    body = json.dumps({**ASKED, "model": asked.model}).encode()
    if asked.per_second:
        met = uvloop.run(paced_load(target, per_second=asked.per_second, seconds=asked.seconds, body=body))
    else:
        met = uvloop.run(load(target, requests=asked.requests, connections=asked.connections, body=body))
    print(f"{met.per_second:,.0f} requests/s   p50 {met.p50_ms:.2f} ms   p99 {met.p99_ms:.2f} ms")


if __name__ == "__main__":
    main()
