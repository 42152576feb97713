"""Processes beside each other on one database, as containers run them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest


@pytest.fixture
def processes(database_url: str, tmp_path: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "TEXTNLP_DATA_DIR": str(tmp_path),
        "TEXTNLP_MODEL": "scripted",
    }
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", "textnlp.cli.main", "serve", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, arguments in {
            "api": ("api", "--host", "127.0.0.1", "--port", "0"),
            "batch-worker": ("batch-worker",),
        }.items()
    }
    yield running
    for each in running.values():
        each.kill()
        each.communicate()


def _line(process: subprocess.Popen[str], beginning: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(beginning):
            return line.strip()
    raise AssertionError(f"The process ended before it said {beginning!r}.")


def test_processes_stand_beside_each_other_and_stop_when_told(
    processes: dict[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    address = _line(processes["api"], "API ").split()[1]
    assert httpx.get(f"{address.removesuffix('/api/v1')}/health").status_code == 200
    assert httpx.get(f"{address}/batches").status_code == 401
    _line(processes["batch-worker"], "batch-worker ready")
    until = time.monotonic() + 10
    while not (tmp_path / "batch-worker.alive").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert (tmp_path / "batch-worker.alive").exists()
    for each in processes.values():
        each.send_signal(signal.SIGTERM)
    assert [each.wait(timeout=20) for each in processes.values()] == [0, 0]
