"""The Service Bus double in a process of its own, which may be killed and started again on the same port and file."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from tests.doubles.service_bus.server import connection_string

_START_SECONDS = 60
_END_SECONDS = 20


@dataclass(slots=True)
class ServiceBusProcess:
    """The process.

    Attributes:
        file: keeps the messages; without one they are gone with the process.
        lock_seconds: how long every lock lasts; as declared where it is None.
    """

    file: Path | None = None
    lock_seconds: float | None = None
    port: int = 0
    process: asyncio.subprocess.Process | None = field(default=None)

    @property
    def connection_string(self) -> str:
        """What a client connects with."""
        return connection_string(self.port)

    async def start(self) -> None:
        """Start it, and return when it listens."""
        assert self.process is None
        options = [] if self.file is None else ["--file", str(self.file)]
        options += [] if self.lock_seconds is None else ["--lock-seconds", str(self.lock_seconds)]
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.doubles.service_bus", "--port", str(self.port), *options),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Ctrl-C is for whoever started it, who ends it then.
            start_new_session=True,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(_START_SECONDS):
            self.port = int(await self.process.stdout.readline())

    async def kill(self) -> None:
        """Kill it in the middle of whatever it is at."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def stop(self) -> None:
        """Let it end."""
        process, self.process = self.process, None
        if process is None:
            return
        try:
            await asyncio.wait_for(process.communicate(b""), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def running_service_bus_process(
    *, file: Path | None = None, lock_seconds: float | None = None
) -> AsyncGenerator[ServiceBusProcess]:
    """Run the double, and end it when the block ends."""
    process = ServiceBusProcess(file=file, lock_seconds=lock_seconds)
    await process.start()
    try:
        yield process
    finally:
        await process.stop()
