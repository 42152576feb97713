"""A platform whose processes are killed again and again."""

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Protocol

import psutil

from tests.acceptance.command_line import CommandLine

if TYPE_CHECKING:
    from tests.acceptance.forked_command import ForkedCommand

_LONGEST_START_SECONDS = 120


class Engine(Protocol):
    """Whom the platform asks."""

    @property
    def base_url(self) -> str: ...


class MortalPlatform:
    """A platform whose processes can be killed, and that is started again."""

    def __init__(self, command_line: CommandLine, engine: Engine, *, concurrency: int, port: int = 0) -> None:
        self._command_line = command_line
        self._engine = engine
        self._port = port
        self._concurrency = concurrency
        self._command: ForkedCommand | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int:
        """The process of API and workers."""
        assert self._command is not None
        return self._command.process_id

    async def start(self) -> str:
        """Start API, workers and database, and return the address."""
        asked = ("up", "--port", str(self._port), "--base-url", self._engine.base_url, "--model", "stub", "--no-auth")
        self._command = self._command_line.begin(*asked, "--concurrency", str(self._concurrency), COLUMNS="300")
        printed = await self._command.begun()
        url = ""
        async with asyncio.timeout(_LONGEST_START_SECONDS):
            while (line := (await printed.readline()).decode().strip()) != "ready":
                assert line or not printed.at_eof(), "the platform did not start"
                if line.startswith("API"):
                    url = line.split()[1].removesuffix("/api/v1")
        self._reading = asyncio.create_task(_read(printed))
        return url

    async def kill(self, *, with_database: bool) -> None:
        """Kill API and workers, which are one process, and with it or not all of PostgreSQL's."""
        victims = self.database_processes() if with_database else []
        os.killpg(self.process_id, signal.SIGKILL)
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        await self._ended()

    async def stop(self) -> None:
        """End the platform as a person would."""
        os.kill(self.process_id, signal.SIGINT)
        await self._ended()

    async def _ended(self) -> None:
        assert self._command is not None
        assert self._reading is not None
        await self._command.exited()
        await self._reading

    def database_processes(self) -> list[psutil.Process]:
        """Find the processes of PostgreSQL, the main ones before their children."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter(["cmdline"]):
            words: list[str] = process.info["cmdline"] or []
            if (
                words
                and words[0].endswith("postgres")
                and any(str(self._command_line.data_dir) in word for word in words)
            ):
                found += [process, *process.children(recursive=True)]
        return found


async def _read(stream: asyncio.StreamReader) -> None:
    """Take what a process says, or it would wait for that once a pipe is full."""
    while await stream.read(1 << 16):
        pass
