"""`textnlp up` in a process of its own, from its first line to its end."""

import asyncio
import contextlib
import os
import signal
from typing import Self

from tests.acceptance.command_line import CommandLine
from tests.acceptance.forked_command import ForkedCommand

_LONGEST_START_SECONDS = 120
_WIDE = "300"


class PlatformCommand:
    """A platform that is ready.

    Attributes:
        told: what it printed until it was, a line each.
    """

    def __init__(self, command: ForkedCommand, printed: asyncio.StreamReader, told: list[str]) -> None:
        self.told = told
        self._command = command
        self._reading = asyncio.create_task(_read(printed))
        self._has_ended = False

    @classmethod
    async def start(cls, command_line: CommandLine, *arguments: str, **environment: str) -> Self:
        """Start it, and return once it is ready."""
        command = command_line.begin("up", *arguments, COLUMNS=_WIDE, **environment)
        printed = await command.begun()
        told: list[str] = []
        async with asyncio.timeout(_LONGEST_START_SECONDS):
            while (line := (await printed.readline()).decode()) != "ready\n":
                assert line, f"the platform did not start:\n{await command.errors()}"
                told.append(line.rstrip())
        return cls(command, printed, told)

    @property
    def url(self) -> str:
        """Where it answers."""
        (address,) = (line.split()[1] for line in self.told if line.startswith("API"))
        return address.removesuffix("/api/v1")

    @property
    def process_id(self) -> int:
        """The process of API and workers."""
        return self._command.process_id

    async def stop(self) -> None:
        """End it as a person would; stopping twice is harmless."""
        if not self._has_ended:
            os.kill(self.process_id, signal.SIGINT)
            await self._end()

    async def kill(self) -> None:
        """End it without its having a say."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process_id, signal.SIGKILL)
        await self._end()

    async def _end(self) -> None:
        self._has_ended = True
        await self._command.exited()
        await self._reading


async def _read(stream: asyncio.StreamReader) -> None:
    """Take what a process says, or it would wait for that once a pipe is full."""
    while await stream.read(1 << 16):
        pass
