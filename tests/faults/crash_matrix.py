"""Everything that can be killed, killed at random moments while work of every kind is under way."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from tests.acceptance.command_line import CommandLine
from tests.acceptance.mortal_platform import MortalPlatform
from tests.faults.engine_process import EngineProcess
from tests.faults.work import BatchWork, DatasetWork, JobWork, ReviewWork, Work, ended_work
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from tests.acceptance.forked_command import ForkedCommand

VICTIMS = ("platform", "worker", "database", "engine", "everything")
FEW_VICTIMS = ("everything", "engine", "database")
CONCURRENCY = 16
_LATENCY_SECONDS = 0.05
_LONGEST_WORK_SECONDS = 180.0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@dataclass(slots=True)
class Figures:
    """What the kills cost.

    Attributes:
        recoveries: seconds from a kill until the platform has answered and stored something more, by victim.
        needed_calls: calls that the work needed.
        calls: calls that were made.
        failed_rows: that their engine was away for longer than a call is tried.
        inspections: how often the doctor looked and found nothing.
    """

    recoveries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    needed_calls: int = 0
    calls: int = 0
    failed_rows: int = 0
    inspections: int = 0
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        return sum(map(len, self.recoveries.values()))

    def lines(self) -> list[str]:
        found = [
            f"{victim:<10} {len(each):>3} kills, recovered after {statistics.median(each):5.2f} s (median), "
            f"{max(each):5.2f} s (longest)"
            for victim, each in sorted(self.recoveries.items())
        ]
        repeated = self.calls - self.needed_calls
        total = (
            f"{self.kills} kills in {self.seconds:.0f} s: {self.needed_calls:,} calls were needed, {repeated:,} more "
            f"made, {self.failed_rows} rows had to be asked anew for; {self.inspections} inspections, 0 faults"
        )
        return [*found, total]


class Worker:
    """A batch worker beside the platform, as a process of its own, on the same database and folder."""

    def __init__(self, command_line: CommandLine, engine: EngineProcess) -> None:
        self._command_line = command_line
        self._engine = engine
        self._command: ForkedCommand | None = None
        self._reading: asyncio.Task[bytes] | None = None

    async def start(self) -> None:
        server = EmbeddedPostgres(self._command_line.data_dir / "postgres", clock=SystemClock())
        address = await server.ensure_running()
        more = {
            "DATABASE_URL": address,
            "TEXTNLP_MODEL": "stub",
            "TEXTNLP_BASE_URL": self._engine.base_url,
            "TEXTNLP_CONCURRENCY": str(CONCURRENCY),
        }
        self._command = self._command_line.begin("serve", "batch-worker", **more)
        printed = await self._command.begun()
        async with asyncio.timeout(120):
            while b"ready" not in (line := await printed.readline()):
                assert line, "the worker did not start"
        self._reading = asyncio.create_task(printed.read())
        await server.release()

    async def kill(self) -> None:
        if self._command is None or self._reading is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._command.process_id, signal.SIGKILL)
        await self._command.exited()
        await self._reading


class CrashMatrix:
    """A platform with an engine and a further worker, under work, of which one part after the other is killed."""

    def __init__(self, command_line: CommandLine, folder: Path, *, seed: int, has_worker: bool) -> None:
        self._command_line = command_line
        self._chance = random.Random(seed)
        self._has_worker = has_worker
        self._engine = EngineProcess(folder, latency_seconds=_LATENCY_SECONDS)
        self._platform = MortalPlatform(command_line, self._engine, concurrency=CONCURRENCY, port=free_port())
        self._worker = Worker(command_line, self._engine)
        self._url = ""
        self.figures = Figures()

    async def __aenter__(self) -> Self:
        await self._engine.start()
        self._url = await self._platform.start()
        if self._has_worker:
            await self._worker.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._worker.kill()
        await self._platform.stop()
        await self._engine.kill()

    async def round(self, victims: Sequence[str], *, rows: int, inspects_each: bool) -> None:
        """Send work, kill each of the victims while it is under way, and look at what came of it."""
        batch, job = BatchWork(rows), JobWork(rows)
        dataset = DatasetWork(rows // 4, topic=f"kettle {self._chance.random()}")
        work: list[Work] = [batch, job, dataset, ReviewWork(rows // 4)]
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as client:
            for each in work:
                await each.submit(client)
            async with asyncio.TaskGroup() as tasks:
                for each in work:
                    tasks.create_task(ended_work(each, client, seconds=_LONGEST_WORK_SECONDS + 30 * len(victims)))
                for victim in victims:
                    await asyncio.sleep(self._chance.uniform(0.1, 1.2))
                    await self._kill(victim)
                    if inspects_each:
                        await self.inspect()
            for each in work:
                await each.check(client)
            run = (await client.get("/api/v1/datasets", params={"limit": 1})).json()["datasets"][0]
        await self.inspect()
        self.figures.failed_rows += batch.failed + job.failed
        self.figures.calls = self._engine.calls
        self.figures.needed_calls += 2 * rows + 2 * (run["progress"]["accepted"] + run["progress"]["surplus"])
        self.figures.seconds += time.monotonic() - began

    async def inspect(self) -> None:
        """Have the doctor look, and fail with what it finds."""
        finished = await self._command_line.run("doctor", "--deep", "--json", "--sample", "20")
        assert finished.exit_code in {0, 1}, finished.stderr
        found = [result for result in json.loads(finished.stdout) if result["fault_count"]]
        assert not found, json.dumps(found, indent=1)
        assert finished.exit_code == 0, finished.stderr
        self.figures.inspections += 1

    async def _kill(self, victim: str) -> None:
        stored = await self._stored()
        began = time.monotonic()
        if victim == "engine":
            await self._engine.kill()
            await self._engine.start()
        elif victim == "worker":
            await self._worker.kill()
            await self._worker.start()
        elif victim == "database":
            for process in self._platform.database_processes()[:1]:
                process.send_signal(signal.SIGKILL)
        else:
            await self._platform.kill(with_database=victim == "everything")
            await self._platform.start()
        await self._progressed(stored)
        self.figures.recoveries[victim].append(time.monotonic() - began)

    async def _stored(self) -> int | None:
        """Return how many rows of all batches have an outcome, None where nothing is left to do or nobody answers."""
        try:
            async with httpx.AsyncClient(base_url=self._url, timeout=10) as client:
                batches = (await client.get("/api/v1/batches", params={"limit": 20})).raise_for_status().json()
        except httpx.HTTPError:
            return None
        counts = [batch["counts"] for batch in batches["batches"]]
        if not any(each["pending"] for each in counts):
            return None
        return sum(each["input"] - each["pending"] for each in counts)

    async def _progressed(self, stored: int | None) -> None:
        """Return once more rows are stored than at the kill, or none is left to ask."""
        async with asyncio.timeout(180):
            while True:
                try:
                    async with httpx.AsyncClient(base_url=self._url, timeout=10) as client:
                        (await client.get("/api/v1/batches", params={"limit": 1})).raise_for_status()
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
                    continue
                present = await self._stored()
                if stored is None or present is None or present > stored:
                    return
                await asyncio.sleep(0.05)
