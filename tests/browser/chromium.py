"""A real Chromium: the machine's, else Debian's, else Playwright's own."""

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
_INSTALL_SECONDS = 240
_PLAYWRIGHTS = Path.home() / ".cache" / "ms-playwright"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Without the sandbox, which Chromium refuses to root, and without calls to its makers."""


@functools.cache
def chromium_path() -> str:
    """Return where Chromium is, installed once a machine; skip the test where it cannot be had."""
    with (Path(tempfile.gettempdir()) / "textnlp-test-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = _found() or (_from_debian() if os.getuid() == 0 else None) or _from_playwright()
    if path is None:
        pytest.skip("there is no Chromium, and neither Debian nor Playwright could be asked for one")
    return path


def _found() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _from_debian() -> str | None:
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", _NAMES[0]]
    if not _succeeds(install):
        _succeeds(["apt-get", "update", "-qq"])
        _succeeds(install)
    return _found()


def _from_playwright() -> str | None:
    _succeeds([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])
    shells = sorted(_PLAYWRIGHTS.glob("chromium_headless_shell-*/*/*headless*shell"))
    return str(shells[-1]) if shells else None


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
