"""Which processes work on a cluster, as the kernel tells it."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_SERVER_NAME = "postgres"
_ENDED_STATES = ("Z", "X")


def is_server(pid: int, cluster: Path) -> bool:
    """Whether the process, which the cluster names as its server, is one and not a later bearer of its number.

    Servers work in the cluster's folder. Where the kernel does not say where a process works, as it does not tell
    root in a container of another account's process, a program with the server's name is taken for it.
    """
    try:
        return _works_in(pid, cluster)
    except PermissionError:
        return _command_name(pid) == _SERVER_NAME
    except FileNotFoundError:
        return not (_PROC / "self").exists() and _command_name(pid) == _SERVER_NAME


def kill_orphans(cluster: Path) -> None:
    """Kill the children of a server that is dead, as far as the kernel says for certain which they are.

    Harmless to the data: the next start recovers from the log in any case, and waits until no child is left.
    """
    for entry in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if _works_in(int(entry.name), cluster):
                os.kill(int(entry.name), signal.SIGKILL)


def _works_in(pid: int, cluster: Path) -> bool:
    return (_PROC / str(pid) / "cwd").samefile(cluster)


def _command_name(pid: int) -> str:
    """Return the name of the program that a process runs; nothing for one that has ended and is not collected yet."""
    try:
        name, _, rest = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").partition("(")[2].rpartition(") ")
    except OSError:
        return "" if (_PROC / "self").exists() else _listed_name(pid)
    return "" if rest[:1] in _ENDED_STATES else name


def _listed_name(pid: int) -> str:
    command = ["ps", "-o", "comm=", "-p", str(pid)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()  # its place differs
    return Path(said).name
