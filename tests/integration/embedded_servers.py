"""What tests do to embedded servers and the processes that use them."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from textnlp.adapters.database.file_lock import is_locked
from textnlp.adapters.database.postgres_account import choose_account
from textnlp.adapters.database.postgres_binaries import binaries_for, find_binaries
from textnlp.adapters.database.postgres_files import ServerFolder

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 30.0


def server_pid(folder: Path) -> int:
    """Return the process that the folder names as its server."""
    postmaster = ServerFolder(folder).read_postmaster()
    assert postmaster is not None
    return postmaster.pid


def has_other_server(folder: Path, *, than: int) -> bool:
    """Whether the folder names another process as its server."""
    postmaster = ServerFolder(folder).read_postmaster()
    return postmaster is not None and postmaster.pid != than


def children_of(pid: int) -> list[int]:
    """Return the processes that a server has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def has_server(folder: Path) -> bool:
    """Whether a server or one of its children is alive."""
    return is_locked(ServerFolder(folder).server_lock)


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait until it holds, and tell whether it came to that."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False


def store(url: str, number: int) -> None:
    """Commit a number."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table if not exists kept (number integer)")
        connection.execute("insert into kept values (%s)", (number,))


def stored(url: str) -> list[int]:
    """Return the numbers that were committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        return [row[0] for row in connection.execute("select number from kept order by number")]


def can_store(url: str, number: int) -> bool:
    """Commit a number if the server lets us."""
    try:
        store(url, number)
    except psycopg.OperationalError:
        return False
    return True


class User:
    """Another process that uses the server of a folder."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    @property
    def pid(self) -> int:
        return self._process.pid

    def leave(self) -> None:
        """Let the process leave the server and end."""
        said, _ = self._process.communicate(timeout=_PATIENCE_SECONDS)
        assert said == "left\n"

    def kill(self) -> None:
        """Kill the process as the kernel would when memory runs out."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def user_of(folder: Path, *, python: str = sys.executable, **options: Any) -> Generator[User]:
    """Start a process that uses the server of a folder, and see it gone at the end."""
    process = subprocess.Popen(
        [python, "-m", "tests.integration.embedded_user", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        **options,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("postgresql://")
        yield User(process, url)
    finally:
        process.kill()
        if not process.stdout.closed:
            process.communicate()


def environment_of(pid: int) -> bytes:
    """Return the environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


def program_of(pid: int) -> Path:
    """Return the file that a process runs."""
    return Path(f"/proc/{pid}/exe").resolve()


@contextlib.contextmanager
def server_by_hand(folder: Path) -> Generator[int]:
    """Run a server on the folder's cluster as somebody would by hand, outside our keeping; yield its process."""
    cluster = folder / "cluster"
    account = choose_account(folder, cluster)
    sockets = folder.parent / "by-hand"
    sockets.mkdir()
    os.chown(sockets, account.uid, account.gid)
    process = subprocess.Popen(
        [binaries_for(account, find_binaries()).postgres, "-D", cluster, "-c", "listen_addresses=", "-k", sockets],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account.uid if account.is_other else None,
        group=account.gid if account.is_other else None,
        extra_groups=[] if account.is_other else None,
    )
    try:
        assert eventually(lambda: _is_named(cluster / "postmaster.pid", process.pid))
        yield process.pid
        assert process.poll() is None, "somebody stopped it"
    finally:
        process.terminate()
        process.wait()


def _is_named(file: Path, pid: int) -> bool:
    """Whether the file names this process as the server, and says that it has started."""
    lines = file.read_text().splitlines() if file.exists() else []
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


@contextlib.contextmanager
def small_disk(folder: Path) -> Generator[None]:
    """Mount a disk of twelve megabytes on the folder, or skip the test where that is not allowed."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("needs root, to make a small disk")
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        yield
    finally:
        subprocess.run([umount, str(folder)], check=True)


def install_wheel_in(site: Path) -> None:
    """Put the wheel of PostgreSQL into a folder, as a virtual environment in a home would have it."""
    package = find_binaries().root.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("pginstall", "include"))
    shutil.copytree(libraries, site / libraries.name)


def kill(*pids: int) -> None:
    """Kill processes, those that are gone already left out."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
