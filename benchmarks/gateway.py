"""How many chat completions a second pass through one platform, with key check, limits and usage ledger on?

A stub that answers at once stands behind; 16 connections ask. The same load straight at the stub is run beside it, and
shows what the client itself costs on this machine. Prints requests a second and the latency that the platform adds.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop
from batch_run import ROOT, stub

TEXTNLP = str(Path(sys.executable).parent / "textnlp")
CONNECTIONS = 16
REQUESTS = 6_000
UNLIMITED = ("rate-limit=9000000", "quota=900000000", "token-limit=900000000")


@dataclass(frozen=True, slots=True)
class Load:
    """What a load met."""

    per_second: float
    p50_ms: float
    p99_ms: float


@contextmanager
def platform(base_url: str, environment: dict[str, str]) -> Generator[str]:
    """Run the platform and yield the address of its OpenAI shape."""
    command = [TEXTNLP, "up", "--port", "0", "--base-url", base_url, "--model", "stub", "--concurrency", "256"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        while process.stdout.readline().strip() != "ready":
            pass
        yield url.removesuffix("/api/v1") + "/v1"
    finally:
        process.terminate()
        process.wait()


def new_key(environment: dict[str, str]) -> str:
    limits = [word for limit in UNLIMITED for word in ("--limit", limit)]
    command = [TEXTNLP, "client", "create", "benchmark", "--json", *limits]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["api_key"]


async def load(base_url: str, key: str) -> Load:
    """Ask from all connections until every request is answered."""
    times: list[float] = []
    left = iter(range(REQUESTS))
    body = json.dumps({"model": "stub", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS), headers=headers) as session:

        async def connection() -> None:
            for _ in left:
                began = time.perf_counter()
                async with session.post(f"{base_url}/chat/completions", data=body) as response:
                    await response.read()
                    assert response.status == 200, await response.text()
                times.append((time.perf_counter() - began) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
        seconds = time.perf_counter() - began
    quantiles = statistics.quantiles(times, n=100)
    return Load(REQUESTS / seconds, quantiles[49], quantiles[98])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "TEXTNLP_DATA_DIR": str(Path(folder) / "data")}
        with stub("--latency", "0") as direct, platform(direct, environment) as through:
            key = new_key(environment)
            uvloop.run(load(through, key))
            bare, whole = uvloop.run(load(direct, key)), uvloop.run(load(through, key))
    print(f"straight at the stub    {bare.per_second:7,.0f} requests/s   p50 {bare.p50_ms:.2f} ms")
    print(
        f"through the platform    {whole.per_second:7,.0f} requests/s   p50 {whole.p50_ms:.2f} ms   "
        f"p99 {whole.p99_ms:.2f} ms, {whole.per_second / bare.per_second:.2f} of it"
    )


if __name__ == "__main__":
    main()
