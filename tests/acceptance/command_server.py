"""Runs `textnlp` commands, each in a process of its own, without importing the same thousand modules for each.

Reads requests from the socket whose number it is given, and ends when the other side closes it. A request is JSON of
`arguments`, `environment` and `folder`, with three files: standard output, standard error, and one that the process id
and then the exit code are written to, a line each. The process is forked from this one, into a session of its own;
nothing but what importing did is shared.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import textnlp.bootstrap
import textnlp.cli.commands
from textnlp.cli.main import main

_LONGEST_REQUEST = 1 << 18
_FILES = 3


def import_commands() -> None:
    """Import what commands import when they are called."""
    for package in (textnlp.cli.commands, textnlp.bootstrap):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def serve(requests: socket.socket) -> bool:
    """Fork a process a request; return true in that process, ready to run, and false here once there is no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, files, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, _FILES)
        if not request:
            return False
        if os.fork() == 0:
            requests.close()
            return _supervised(json.loads(request), *files)
        for file in files:
            os.close(file)


def _supervised(request: dict[str, Any], stdout: int, stderr: int, status: int) -> bool:
    """Fork the command, tell how it ends, and leave; return in the command alone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process == 0:
        os.close(status)
        _begin(request, stdout, stderr)
        return True
    os.close(stdout)
    os.close(stderr)
    os.write(status, f"{process}\n".encode())
    _, ended = os.waitpid(process, 0)
    os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
    os._exit(0)


def _begin(request: dict[str, Any], stdout: int, stderr: int) -> None:
    """Become what a shell would have started."""
    os.setsid()
    with Path(os.devnull).open() as nothing:
        for file, place in ((nothing.fileno(), 0), (stdout, 1), (stderr, 2)):
            os.dup2(file, place)
    os.close(stdout)
    os.close(stderr)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    more = request["environment"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [folder for folder in more if folder and folder not in sys.path]
    sys.argv = ["textnlp", *request["arguments"]]


if __name__ == "__main__":
    import_commands()
    gc.freeze()
    if serve(socket.socket(fileno=int(sys.argv[1]))):
        main()
