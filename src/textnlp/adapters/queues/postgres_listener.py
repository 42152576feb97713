"""The connection on which a queue hears of new messages, and by which others see that it lives."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable

import psycopg
from psycopg import AsyncConnection

from textnlp.adapters.queues import postgres_statements as sql
from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.domain.errors import TextNLPError
from textnlp.ports.clock import Clock

_LOG = logging.getLogger(__name__)
_HOLDER_BITS = 31
_CONNECT_SECONDS = 5
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5


class PostgresListener:
    """Turns notifications into arrivals, and holds an advisory lock under a random number, the holder.

    Messages are locked under that number, so that everybody can see whether the process that locked them lives. A
    connection that breaks is made anew under the same number, at once and then twice a second.
    """

    def __init__(self, dsn: Callable[[], Awaitable[str]], *, arrivals: Arrivals, clock: Clock) -> None:
        self._dsn = dsn
        self._arrivals = arrivals
        self._clock = clock
        self._number = secrets.randbits(_HOLDER_BITS)
        self._is_connected = False
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def number(self) -> int:
        """The number under which this queue holds messages."""
        return self._number

    @property
    def is_connected(self) -> bool:
        """Whether notifications arrive."""
        return self._is_connected

    @property
    def holder(self) -> int | None:
        """The number to lock messages under; None while nobody could see that it lives."""
        return self._number if self._is_connected else None

    async def start(self) -> None:
        """Return when the connection has been tried once, so that messages are locked under a visible holder."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_listening(), name="queue listener")
        await self._tried.wait()

    async def aclose(self) -> None:
        """Disconnect; closing twice is harmless."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_listening(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TextNLPError) as exc:
                _LOG.debug("The queue's listening connection ended: %s", exc)
            if self._is_connected:
                self._is_connected = False
                pause = _FIRST_PAUSE_SECONDS
            self._tried.set()
            await self._clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _listen(self) -> None:
        connection = await AsyncConnection.connect(await self._dsn(), autocommit=True, connect_timeout=_CONNECT_SECONDS)
        async with connection, contextlib.aclosing(connection.notifies()) as notifications:
            await connection.execute("set statement_timeout = 0; set lock_timeout = 0")
            await connection.execute(sql.LISTEN)
            await connection.execute(sql.SHOW_LIFE, {"holder": self._number})
            self._is_connected = True
            self._tried.set()
            self._arrivals.announce_all()
            async for notification in notifications:
                self._arrivals.announce(notification.payload)
