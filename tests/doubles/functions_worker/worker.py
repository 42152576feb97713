"""Has the worker of Azure Functions run functions of an app, in a process of its own."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doubles.functions_worker.environment import PROJECT
from tests.doubles.trigger_data import TriggerData

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker answered, each answer as the JSON of its message.

    Attributes:
        started: to being started.
        functions: those it found, by name.
        loaded: to being told of each of them.
        answers: to each call, in the order of the calls.
        log: what it and the functions logged.
    """

    started: dict[str, Any]
    functions: dict[str, Any]
    loaded: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    log: str


async def run_functions(
    python: Path, app: Path, *, calls: Sequence[tuple[str, TriggerData]], environment: Mapping[str, str]
) -> WorkerReport:
    """Start a worker for the app in a folder, and make all calls at once: name of the function, and what comes in."""
    asked = {
        "directory": str(app),
        "calls": [
            {
                "function": name,
                "data": _typed(data),
                "metadata": {key: _typed(value) for key, value in data.metadata.items()},
            }
            for name, data in calls
        ],
    }
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-m", "tests.doubles.functions_worker.process"),
        cwd=PROJECT,
        env=dict(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            out, log = await process.communicate(json.dumps(asked).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0, log.decode()
    return WorkerReport(**json.loads(out), log=log.decode())


def _typed(data: TriggerData) -> dict[str, str]:
    """Return the JSON of a `TypedData`."""
    value = data.value if isinstance(data.value, str) else base64.b64encode(data.value).decode()
    return {data.kind: value}
