"""Run the real `textnlp` command, as a person would, in an environment that holds nothing else."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.forked_command import ForkedCommand

TEXTNLP = str(Path(sys.executable).parent / "textnlp")
LONGEST_SECONDS = 120
_CERTIFICATES = "SSL_CERT_FILE"


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    def json(self) -> dict[str, Any]:
        """Return the last line of standard output as JSON."""
        return json.loads(self.stdout.strip().splitlines()[-1])


class CommandLine:
    """Runs commands with one data folder, in `folder` where one is given, and with `more` in their environment."""

    def __init__(self, data_dir: Path, *, folder: Path | None = None, more: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._more = dict(more or {})
        self._folder = folder

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TEXTNLP_")}
        kept.pop("DATABASE_URL", None)
        return {**kept, "TEXTNLP_DATA_DIR": str(self.data_dir), "COLUMNS": "100", **self._more, **extra}

    async def start(self, *arguments: str | Path, **extra: str) -> asyncio.subprocess.Process:
        """Start a command in a process group of its own."""
        return await asyncio.create_subprocess_exec(
            TEXTNLP,
            *map(str, arguments),
            env=self.environment(**extra),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            cwd=self._folder,
        )

    def begin(self, *arguments: str | Path, **extra: str) -> ForkedCommand:
        """Start a command in a process that shares with others what importing took, in a group of its own."""
        return ForkedCommand(list(map(str, arguments)), self.environment(**extra), self._folder or Path.cwd())

    async def run(self, *arguments: str | Path, **extra: str) -> Finished:
        """Run a command to its end, in a process that shares with others what importing took.

        Certificates that the environment names are read when HTTP libraries are imported: such a command imports anew.
        """
        environment = self.environment(**extra)
        if _CERTIFICATES in environment:
            return await _ended(await self.start(*arguments, **extra))
        command = ForkedCommand(list(map(str, arguments)), environment, self._folder or Path.cwd())
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return Finished(*await command.ended())
        except TimeoutError:
            command.kill()
            raise


async def _ended(process: asyncio.subprocess.Process) -> Finished:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode is not None
    return Finished(process.returncode, stdout.decode(), stderr.decode())


def write_prompts(path: Path, count: int) -> list[str]:
    """Write prompts as JSON Lines, each with its id; return the ids."""
    ids = [f"row-{number}" for number in range(count)]
    lines = [json.dumps({"id": row_id, "prompt": f"Say {row_id}."}) for row_id in ids]
    path.write_text("\n".join(lines) + "\n")
    return ids


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a JSON Lines file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


async def until(condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Return once the condition holds; a stub counts what it sees, it does not tell."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  as above
            await asyncio.sleep(0.02)
