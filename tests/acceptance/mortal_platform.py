"""A platform whose processes are killed again and again."""

import asyncio
import os
import signal
from typing import Protocol

import psutil

from tests.acceptance.command_line import CommandLine

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
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start API, workers and database, and return the address."""
        asked = ("up", "--port", str(self._port), "--base-url", self._engine.base_url, "--model", "stub", "--no-auth")
        self._process = await self._command_line.start(*asked, "--concurrency", str(self._concurrency), COLUMNS="300")
        assert self._process.stdout is not None
        url = ""
        async with asyncio.timeout(_LONGEST_START_SECONDS):
            while (line := (await self._process.stdout.readline()).decode().strip()) != "ready":
                assert line or self._process.returncode is None, "the platform did not start"
                if line.startswith("API"):
                    url = line.split()[1].removesuffix("/api/v1")
        return url

    async def kill(self, *, with_database: bool) -> None:
        """Kill API and workers, which are one process, and with it or not all of PostgreSQL's."""
        assert self._process is not None
        victims = self.database_processes() if with_database else []
        os.killpg(self._process.pid, signal.SIGKILL)
        for victim in victims:
            victim.kill()
        await self._process.communicate()

    async def stop(self) -> None:
        """End the platform as a person would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        await self._process.communicate()

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
