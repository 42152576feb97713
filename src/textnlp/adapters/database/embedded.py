"""PostgreSQL in a folder of the user's, started when needed and stopped when nobody needs it."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

from psycopg.pq import PGconn, Ping

from textnlp.adapters.database.file_lock import FileLock, is_locked
from textnlp.adapters.database.postgres_address import fits_socket
from textnlp.adapters.database.postgres_errors import folder_error, in_use_error, start_error
from textnlp.adapters.database.postgres_files import ServerFolder, make_folder
from textnlp.adapters.database.postgres_processes import is_server, kill_orphans
from textnlp.adapters.database.postgres_start import Launch, start_server, url_for
from textnlp.domain.errors import TextNLPError
from textnlp.ports.clock import Clock

_POLL_SECONDS = 0.01
_WATCH_SECONDS = 0.1
_WATCH_SECONDS_AFTER_FAILURE = 1.0
_PATIENCE_WITH_ORPHANS_SECONDS = 3.0
_FAST_STOP_SECONDS = 20.0
_STARTS = 3
"""A free port may be taken between being found and being used; three in a row are not."""

_LOG = logging.getLogger(__name__)


class EmbeddedPostgres:
    """A PostgreSQL server on `data_dir`, shared by all processes that use that folder.

    Whoever comes first starts it, later ones join it, the last to leave stops it. It ends with the process that
    started it, however that ends; `watch` in the others then starts it again. Nothing committed is lost by that: the
    server recovers from its log as after a power cut.

    It works as an ordinary user, and as root, where it runs under the owner of the folder, `textnlp` or `nobody`,
    also when neither the virtual environment nor the folder can be reached by that account: the programs are then
    copied once to /var/lib/textnlp (or /opt, or the temporary folder), and the folder is reached through inherited
    descriptors. No account is made and no mode of the user's is changed.

    Clients come in by a socket in the folder, which only its owner can enter, or where the path is too long for one
    (about 100 bytes) by a port on the loopback interface with a password.

    Args:
        data_dir: a folder for this server alone; made where it is missing.
        clock: for waiting.
        start_timeout_seconds: how long to wait for a server to start, recover or go away.
    """

    def __init__(self, data_dir: Path, *, clock: Clock, start_timeout_seconds: float = 60.0) -> None:
        self._root = data_dir.absolute()
        self._clock = clock
        self._start_timeout_seconds = start_timeout_seconds
        self._folder: ServerFolder | None = None
        self._users: FileLock | None = None
        self._pid: int | None = None
        self._turn = asyncio.Lock()

    @property
    def log_path(self) -> Path:
        """What the server says."""
        return ServerFolder(self._root).log

    async def ensure_running(self) -> str:
        """Return the connection string of a server that answers; start one where there is none.

        The folder counts as in use by this process until `release`. Calling it again is cheap. Raises `FORBIDDEN`
        where the folder may not be used, `CONFLICT` where another server holds it, and `UNAVAILABLE` where the server
        does not start, with the end of its log.
        """
        async with self._turn:
            return await self._ensure_running()

    async def release(self) -> None:
        """Stop using the server, and stop it unless another process uses it; releasing twice is harmless."""
        async with self._turn:
            folder, users = self._folder, self._users
            self._users = None
            if folder is None or users is None:
                return
            try:
                deadline = self._clock.monotonic() + self._start_timeout_seconds
                async with self._start_lock(folder, deadline):
                    if users.try_lock(exclusive=True):
                        await self._stop(folder)
            except OSError as exc:
                raise folder_error(self._root, exc) from exc
            finally:
                users.unlock()

    async def watch(self) -> None:
        """Start the server again whenever it has died, until `release`; cancel it at any time.

        A start that fails is told to the log and tried again.
        """
        while self._users is not None:
            if not self._is_alive():
                await self._restart()
            await self._clock.sleep(_WATCH_SECONDS)

    async def _restart(self) -> None:
        async with self._turn:
            if self._users is None:
                return
            _LOG.warning("The database server has died; it is started again.")
            try:
                await self._ensure_running()
            except TextNLPError as error:
                _LOG.warning("%s", error.full_text)
                await self._clock.sleep(_WATCH_SECONDS_AFTER_FAILURE)

    async def _ensure_running(self) -> str:
        try:
            folder = self._folder or await asyncio.to_thread(make_folder, self._root)
            self._folder = folder
            deadline = self._clock.monotonic() + self._start_timeout_seconds
            async with self._start_lock(folder, deadline):
                users = self._users or FileLock(folder.users_lock)
                users.try_lock(exclusive=False)
                try:
                    url = await self._start_or_join(folder, deadline)
                except BaseException:
                    if self._users is None:
                        users.unlock()
                    raise
                self._users = users
                return url
        except OSError as exc:
            raise folder_error(self._root, exc) from exc

    def _is_alive(self) -> bool:
        folder, pid = self._folder, self._pid
        if folder is None or pid is None:
            return False
        return is_locked(folder.server_lock) and is_server(pid, folder.cluster)

    async def _start_or_join(self, folder: ServerFolder, deadline: float) -> str:
        """Wait out whatever is coming up or going down, then join the server or start one."""
        lock = FileLock(folder.server_lock)
        begun = self._clock.monotonic()
        while not lock.try_lock(exclusive=True):
            url = await _answering_url(folder)
            if url is not None:
                self._note_pid(folder)
                return url
            now = self._clock.monotonic()
            postmaster = folder.read_postmaster()
            is_headless = postmaster is None or not is_server(postmaster.pid, folder.cluster)
            if now > deadline:
                raise in_use_error(folder, postmaster.pid if postmaster is not None else None)
            if is_headless and now > begun + _PATIENCE_WITH_ORPHANS_SECONDS:
                await asyncio.to_thread(kill_orphans, folder.cluster)
            await self._clock.sleep(_POLL_SECONDS)
        try:
            await asyncio.to_thread(_require_unused, folder)
            return await self._start(folder, lock, deadline)
        finally:
            lock.unlock()

    async def _start(self, folder: ServerFolder, lock: FileLock, deadline: float) -> str:
        starts_left = _STARTS
        while True:
            starts_left -= 1
            launch = await _launched(folder, lock)
            try:
                if await self._is_up(launch, deadline):
                    self._note_pid(folder)
                    return launch.url
            except BaseException:
                launch.postmaster.interrupt()
                raise
            launch.postmaster.interrupt()
            if not starts_left or "Address already in use" not in folder.log_tail(since=launch.log_offset):
                raise start_error(folder, "The database server did not start.", since=launch.log_offset)

    async def _is_up(self, launch: Launch, deadline: float) -> bool:
        while not launch.postmaster.has_ended and self._clock.monotonic() < deadline:
            if await _answers(launch.url):
                return True
            await self._clock.sleep(_POLL_SECONDS)
        return False

    async def _stop(self, folder: ServerFolder) -> None:
        """Shut down fast, and if that takes too long at once, which only makes the next start recover."""
        postmaster = folder.read_postmaster()
        if postmaster is None or not is_locked(folder.server_lock):
            return
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if is_server(postmaster.pid, folder.cluster):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(postmaster.pid, stop_signal)
            deadline = self._clock.monotonic() + _FAST_STOP_SECONDS
            while is_locked(folder.server_lock) and self._clock.monotonic() < deadline:
                await self._clock.sleep(_POLL_SECONDS)
            if not is_locked(folder.server_lock):
                return

    @contextlib.asynccontextmanager
    async def _start_lock(self, folder: ServerFolder, deadline: float) -> AsyncGenerator[None]:
        lock = FileLock(folder.start_lock)
        while not lock.try_lock(exclusive=True):
            if self._clock.monotonic() > deadline:
                raise in_use_error(folder, None)
            await self._clock.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            lock.unlock()

    def _note_pid(self, folder: ServerFolder) -> None:
        postmaster = folder.read_postmaster()
        self._pid = postmaster.pid if postmaster is not None else None


async def _launched(folder: ServerFolder, lock: FileLock) -> Launch:
    """Start a server in a thread, and see that to its end even when cancelled: the thread works with our lock."""
    starting = asyncio.ensure_future(asyncio.to_thread(start_server, folder, lock.descriptor))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError, TextNLPError):
            (await starting).postmaster.interrupt()
        raise


def _require_unused(folder: ServerFolder) -> None:
    """Refuse a cluster on which somebody runs a server that does not hold our lock, started by hand for instance."""
    postmaster = folder.read_postmaster()
    if postmaster is None or not is_server(postmaster.pid, folder.cluster):
        return
    raise in_use_error(folder, postmaster.pid)


async def _answering_url(folder: ServerFolder) -> str | None:
    """Return the connection string of the server that runs on the folder, if it takes connections."""
    postmaster = folder.read_postmaster()
    if postmaster is None or postmaster.port is None or not folder.cluster.exists():
        return None
    url = url_for(folder, None if fits_socket(folder.sockets) else postmaster.port)
    return url if await _answers(url) else None


async def _answers(url: str) -> bool:
    ping = await asyncio.to_thread(PGconn.ping, f"{url}&connect_timeout=2".encode())
    return ping == Ping.OK
