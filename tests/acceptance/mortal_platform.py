"""A platform whose processes are killed again and again."""

import contextlib
import os
import signal
from typing import Protocol

import psutil

from tests.acceptance.command_line import CommandLine
from tests.acceptance.platform_command import PlatformCommand


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
        self._command: PlatformCommand | None = None

    @property
    def process_id(self) -> int:
        """The process of API and workers."""
        assert self._command is not None
        return self._command.process_id

    async def start(self) -> str:
        """Start API, workers and database, and return the address."""
        asked = ("--port", str(self._port), "--base-url", self._engine.base_url, "--model", "stub", "--no-auth")
        self._command = await PlatformCommand.start(self._command_line, *asked, "--concurrency", str(self._concurrency))
        return self._command.url

    async def kill(self, *, with_database: bool) -> None:
        """Kill API and workers, which are one process, and with it or not all of PostgreSQL's."""
        victims = self.database_processes() if with_database else []
        assert self._command is not None
        os.killpg(self.process_id, signal.SIGKILL)
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        await self._command.kill()

    async def stop(self) -> None:
        """End the platform as a person would."""
        assert self._command is not None
        await self._command.stop()

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
