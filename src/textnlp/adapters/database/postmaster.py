"""The server process, and the thread that its life hangs on."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from textnlp.adapters.database.postgres_account import Account

_LAUNCHER = Path(__file__).with_name("postmaster_launcher.py")


class Postmaster:
    """A running server that this process started.

    The kernel ends the server when the *thread* that started it ends, so one thread starts it, waits for its end and
    does nothing else. That thread is a daemon: it ends with the process at the latest, and the server with it.
    """

    def __init__(self, command: list[str], *, account: Account, log: int, inherited: tuple[int, ...]) -> None:
        self._arguments = [
            *(sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(account.uid), str(account.gid)),
            *command,
        ]
        self._log = log
        self._inherited = inherited
        self._process: subprocess.Popen[bytes] | None = None
        self._failure: OSError | None = None
        self._begun = threading.Event()
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the process; raises `OSError` where the system refuses. The files may be closed afterwards."""
        threading.Thread(target=self._keep, name="postmaster", daemon=True).start()
        self._begun.wait()
        if self._failure is not None:
            raise self._failure

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone; its children may still be on their way out."""
        return self._ended.is_set()

    def interrupt(self) -> None:
        """Ask for a fast shutdown, if the process is still there."""
        if self._process is not None and not self.has_ended:
            self._process.send_signal(signal.SIGINT)

    def _keep(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC"},
                pass_fds=self._inherited,
                start_new_session=True,
            )
        except OSError as exc:
            self._failure = exc
            return
        finally:
            self._begun.set()
        self._process.wait()
        self._ended.set()
