"""The processes of the platform, each started by its own command as a container starts it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from tests.azure_loopback.environment_file import read_environment
from textnlp.topology.workloads import API, BATCH_WORKER, GENERATION_WORKER, VALIDATION_WORKER

_START_SECONDS = 90
_END_SECONDS = 20
_SHOWN_CHARACTERS = 3000
_OPTIONS = {API: ("--host", "127.0.0.1", "--port", "0")}


@dataclass(slots=True)
class ServedProcess:
    """One process; what it logs goes to a file beside the environment file."""

    name: str
    environment_file: Path
    address: str = ""
    process: asyncio.subprocess.Process | None = field(default=None)

    @property
    def log(self) -> Path:
        """What it says on its standard error."""
        return self.environment_file.with_name(f"{self.name}.log")

    async def start(self) -> None:
        """Start it; it is not ready yet."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "textnlp.cli.main", "serve", self.name, *_OPTIONS.get(self.name, ())),
                env=platform_environment(self.environment_file),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )

    async def ready(self) -> None:
        """Return when it says that it is ready."""
        assert self.process is not None
        assert self.process.stdout is not None
        async with asyncio.timeout(_START_SECONDS):
            while line := (await self.process.stdout.readline()).decode().strip():
                if line.startswith("API "):
                    self.address = line.split()[1].removesuffix("/api/v1")
                if line == f"{self.name} ready":
                    return
        raise AssertionError(f"{self.name} ended before it was ready: {self.log.read_text()[-_SHOWN_CHARACTERS:]}")

    async def kill(self) -> None:
        """Kill it in the middle of whatever it is at."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def stop(self) -> int:
        """Tell it to end, as a cluster does, and return its exit status; what it has to tell is told then."""
        process, self.process = self.process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.communicate(), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        return process.returncode or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedProcesses:
    """All processes that the flows need."""

    api: ServedProcess
    generation_worker: ServedProcess
    batch_worker: ServedProcess
    validation_worker: ServedProcess

    @property
    def all(self) -> tuple[ServedProcess, ...]:
        """Every process."""
        return self.api, self.generation_worker, self.batch_worker, self.validation_worker

    async def stop(self) -> list[int]:
        """End all at once, and return their exit statuses."""
        return await asyncio.gather(*(each.stop() for each in self.all))


@contextlib.asynccontextmanager
async def running_processes(environment_file: Path) -> AsyncGenerator[ServedProcesses]:
    """Run the processes with what the file says, from ready to the end of the block."""
    names = (API, GENERATION_WORKER, BATCH_WORKER, VALIDATION_WORKER)
    api, generation, batch, validation = (ServedProcess(name, environment_file) for name in names)
    processes = ServedProcesses(api=api, generation_worker=generation, batch_worker=batch, validation_worker=validation)
    try:
        for each in processes.all:
            await each.start()
        await asyncio.gather(*(each.ready() for each in processes.all))
        yield processes
    finally:
        await processes.stop()


def platform_environment(file: Path) -> dict[str, str]:
    """Return the environment of the machine without what is the platform's, and with what the file says."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TEXTNLP_", "AZURE_", "OTEL_", "APPLICATIONINSIGHTS_"))
        and name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return kept | read_environment(file)
