"""The engine double as a process of its own, which can be killed and started again at the same address."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parent.parent.parent


class EngineProcess:
    """Answers after `latency_seconds`, and counts calls over all its lives, but for those of a life's last moment."""

    def __init__(self, *, latency_seconds: float, more: tuple[str, ...] = ()) -> None:
        self._arguments = ("--latency", str(latency_seconds), *more)
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0
        self._calls_of_the_dead = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def start(self) -> None:
        command = [sys.executable, "-m", "tests.doubles.openai_server", "--port", str(self._port), *self._arguments]
        self._process = await asyncio.create_subprocess_exec(*command, cwd=_ROOT, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            self._port = int(await self._process.stdout.readline())

    async def kill(self) -> None:
        assert self._process is not None
        self._calls_of_the_dead += await self._calls()
        self._process.kill()
        await self._process.communicate()

    async def calls(self) -> int:
        """Return how often it was asked so far."""
        return self._calls_of_the_dead + await self._calls()

    async def _calls(self) -> int:
        async with httpx.AsyncClient(timeout=10) as client:
            stats: dict[str, Any] = (await client.get(f"http://127.0.0.1:{self._port}/stats?brief=1")).json()
        return stats["calls"]
