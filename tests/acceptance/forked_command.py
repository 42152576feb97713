"""A `textnlp` command in a process that is forked from one that has imported everything."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


class _CommandServer:
    """The process to fork from; it ends with this one."""

    def __init__(self) -> None:
        self.requests, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.command_server", str(there.fileno())],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        there.close()


_server = cache(_CommandServer)


class ForkedCommand:
    """Starts at once; what it prints is kept until it has ended."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        request = {"arguments": arguments, "environment": environment, "folder": str(folder)}
        ends = [os.pipe() for _ in range(3)]
        socket.send_fds(_server().requests, [json.dumps(request).encode()], [write for _, write in ends])
        for _, write in ends:
            os.close(write)
        self._stdout, self._stderr, self._status = (read for read, _ in ends)
        self._process_id: int | None = None
        self._status_reader: asyncio.StreamReader | None = None
        self._errors: asyncio.Task[bytes] | None = None

    async def ended(self) -> tuple[int, str, str]:
        """Return the exit code, and what was printed on standard output and standard error."""
        stdout, stderr, code = await asyncio.gather(
            _read(self._stdout),
            _read(self._stderr),
            self._exit_code(),
        )
        return code, stdout.decode(), stderr.decode()

    async def begun(self) -> asyncio.StreamReader:
        """Return what it prints on standard output, as it prints it; in place of `ended`, and before `exited`."""
        self._errors = asyncio.create_task(_read(self._stderr))
        self._status_reader = await _reader(self._status)
        self._process_id = int(await self._status_reader.readline())
        return await _reader(self._stdout)

    async def exited(self) -> int:
        """Return the exit code of a command that was begun, once it has ended."""
        assert self._status_reader is not None
        code = int(await self._status_reader.readline())
        await self._status_reader.read()
        return code

    async def errors(self) -> str:
        """Return what a command that was begun printed on standard error, once it has ended."""
        assert self._errors is not None
        return (await self._errors).decode()

    @property
    def process_id(self) -> int:
        """Of a command that was begun."""
        assert self._process_id is not None
        return self._process_id

    def kill(self) -> None:
        """End it and what it started."""
        if self._process_id is not None:
            os.killpg(self._process_id, signal.SIGKILL)

    async def _exit_code(self) -> int:
        reader = await _reader(self._status)
        self._process_id = int(await reader.readline())
        code = int(await reader.readline())
        await reader.read()
        return code


async def _reader(file: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(file, "rb"))
    return reader


async def _read(file: int) -> bytes:
    return await (await _reader(file)).read()
