"""Becomes the PostgreSQL server, tied to the life of the process that asked for it.

Run as a script with the standard library only: PARENT_PID UID GID PROGRAM ARGUMENT… The tie must be made after the
privileges are dropped, for dropping them unties it, and before the program starts; `subprocess` offers no such
moment that is safe beside threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def become_server(arguments: list[str]) -> None:
    """Drop to the account, ask the kernel for `SIGINT` (a fast shutdown) at the parent's death, and turn into it."""
    parent, uid, gid = (int(argument) for argument in arguments[:3])
    command = arguments[3:]
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))
    if os.getppid() != parent:
        sys.exit("The process that asked for the server is gone.")
    os.umask(0o077)
    os.execv(command[0], command)  # noqa: S606  # the whole point


if __name__ == "__main__":
    become_server(sys.argv[1:])
