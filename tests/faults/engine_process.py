"""The engine double as a process of its own, which can be killed and started again at the same address."""

import asyncio
import sys
from pathlib import Path

from tests.faults.counted_engine import COUNTER_BYTES

_ROOT = Path(__file__).resolve().parent.parent.parent


class EngineProcess:
    """Answers after `latency_seconds`, and counts the calls of all its lives in `folder`."""

    def __init__(self, folder: Path, *, latency_seconds: float) -> None:
        self._counter = folder / "engine-calls"
        self._counter.write_bytes(bytes(COUNTER_BYTES))
        self._latency_seconds = latency_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def calls(self) -> int:
        """How often it was asked so far."""
        return int.from_bytes(self._counter.read_bytes(), "little")

    async def start(self) -> None:
        arguments = (str(self._port), str(self._latency_seconds), str(self._counter))
        command = [sys.executable, "-m", "tests.faults.counted_engine", *arguments]
        self._process = await asyncio.create_subprocess_exec(*command, cwd=_ROOT, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            self._port = int(await self._process.stdout.readline())

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()
