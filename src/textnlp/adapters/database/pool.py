"""Connections to PostgreSQL, shared and renewed."""

import asyncio
import contextlib
import logging
import os
import select
import socket
from collections.abc import AsyncGenerator
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.pq import ConnStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from textnlp.adapters.database.database_address import DatabaseAddress, address_of
from textnlp.adapters.database.server_version import require_version
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

BECOME_TENANT = "select set_config('role', 'textnlp_tenant', true), set_config('textnlp.tenant', %s, true)"
"""Keeps what follows in a transaction to the rows of one tenant."""

DEFAULT_CONNECTIONS = 8
"""What a process opens that stands alone; of the others the topology says it."""

SILENCE_SECONDS = 150.0
"""How long a server may say nothing to a statement: longer than it may work on one, by `DatabaseAddress`."""

_PREPARE_AFTER = 2
_FIRST_RETRY_SECONDS = 0.02
_LONGEST_RETRY_SECONDS = 0.5
_HINT = "Check that the database server runs and can be reached; textnlp doctor tells what is wrong."
_FULL_HINT = "Free space on the disk of the database; nothing stored is lost."

# The pool tells of every lost connection on its logger; without a handler Python would print that to the terminal.
logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())


class _Patience:
    """How long a connection may be tried for; over at once when the pool is closed."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self.is_over = False

    async def pauses(self) -> AsyncGenerator[None]:
        """Yield before each further attempt, after a pause that doubles; end when it is time to give up."""
        deadline = self._clock.monotonic() + self._seconds
        pause = _FIRST_RETRY_SECONDS
        while not self.is_over and self._clock.monotonic() < deadline:
            await self._clock.sleep(pause)
            pause = min(_LONGEST_RETRY_SECONDS, 2 * pause)
            yield


class _PatientConnection(AsyncConnection[tuple[Any, ...]]):
    """A connection that is tried again soon while the server is on its way up; the pool alone would wait seconds.

    One whose server says nothing for `silence_seconds` while an answer is due is hung up, which whoever waits hears of
    as an `OperationalError`: a line whose other end is gone looks open for ever, and cancelling would wait on it too.
    """

    silence_seconds: float | None = None

    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        """Connect within the argument `patience`, and raise what the last attempt met."""
        patience: _Patience = kwargs.pop("patience")
        silence_seconds: float | None = kwargs.pop("silence_seconds")
        connection = await cls._connected(conninfo, patience, **kwargs)
        connection.silence_seconds = silence_seconds
        return connection

    @classmethod
    async def _connected(cls, conninfo: str, patience: _Patience, **kwargs: Any) -> Self:
        try:
            return await super().connect(conninfo, **kwargs)
        except psycopg.OperationalError as exc:
            failure = exc
        async for _ in patience.pauses():
            try:
                return await super().connect(conninfo, **kwargs)
            except psycopg.OperationalError as exc:
                failure = exc
        raise failure

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        """Wait for what the server answers, as long as silence is allowed."""
        if self.silence_seconds is None:
            return await super().wait(*args, **kwargs)
        watching = asyncio.get_running_loop().call_later(self.silence_seconds, self._hang_up)
        try:
            return await super().wait(*args, **kwargs)
        finally:
            watching.cancel()

    def _hang_up(self) -> None:
        with (
            contextlib.suppress(OSError, psycopg.OperationalError),
            socket.socket(fileno=os.dup(self.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


class PostgresDatabase:
    """A PostgreSQL database, through a pool of at most `max_connections` connections that are made when needed.

    Connections commit each statement by itself unless a transaction is begun, speak UTC and look into the schema
    `textnlp` first. After the server was away they are made anew, soon after it is back. Nothing waits longer than
    `wait_seconds` for a connection, 30 s for a lock, two minutes for a statement, or `silence_seconds` for a server
    that says nothing, None for ever. Statements are executed by cursors of `cursor_class`.
    """

    def __init__(
        self,
        address: str | DatabaseAddress,
        *,
        clock: Clock,
        max_connections: int = DEFAULT_CONNECTIONS,
        wait_seconds: float = 10.0,
        cursor_class: type[AsyncCursor[tuple[Any, ...]]] = AsyncCursor,
        silence_seconds: float | None = SILENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._patience = _Patience(clock, wait_seconds)
        self._address = address_of(address)
        self._pool = AsyncConnectionPool(
            self._address.conninfo,
            connection_class=_PatientConnection,
            kwargs={
                "autocommit": True,
                "prepare_threshold": _PREPARE_AFTER,
                "patience": self._patience,
                "silence_seconds": silence_seconds,
                "cursor_factory": cursor_class,
            },
            min_size=0,
            max_size=max_connections,
            open=False,
            timeout=wait_seconds,
            name="textnlp",
        )

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        """Lend a connection; an open transaction is committed at the end, rolled back when the block raises.

        Raises `UNAVAILABLE` when the server cannot be reached, goes away within the block, or gives up a statement:
        for a deadlock, a time limit or a full disk. Other errors of psycopg's, such as `UniqueViolation`, pass.
        """
        try:
            connection = await self._take()
            try:
                async with connection:
                    yield connection
            finally:
                await self._pool.putconn(connection)
        except PoolTimeout as exc:
            raise await self._explained(exc) from exc
        except (psycopg.OperationalError, psycopg.InterfaceError) as exc:
            raise unavailable(exc) from exc

    def for_tenant(self, tenant: str) -> "TenantDatabase":
        """Return the database as one tenant sees it."""
        return TenantDatabase(self, tenant)

    async def check(self) -> None:
        """Return when the database answers and is recent enough; raise `UNAVAILABLE` or `CONFLICT` otherwise.

        Asks on a connection of its own, so that the answer says what is wrong at once.
        """
        try:
            conninfo = await self._address.conninfo()
            async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                require_version(connection.info.server_version)
                await connection.execute("select 1")
        except psycopg.OperationalError as exc:
            raise unavailable(exc) from exc

    async def aclose(self) -> None:
        """Close all connections; closing twice is harmless."""
        self._patience.is_over = True
        await self._pool.close()

    async def _take(self) -> _PatientConnection:
        """Take a connection of the pool's, passing over those that the server has closed meanwhile.

        The pool waits with `asyncio.wait_for`, which in Python 3.11 loses a cancellation that comes together with
        what it waits for; whoever was cancelled meanwhile is told so here.
        """
        task = asyncio.current_task()
        cancellations = task.cancelling() if task else 0
        if self._pool.closed and not self._patience.is_over:
            await self._pool.open()
        deadline = self._clock.monotonic() + self._wait_seconds
        while True:
            connection = await self._pool.getconn(timeout=max(0.001, deadline - self._clock.monotonic()))
            if task and task.cancelling() > cancellations:
                await self._pool.putconn(connection)
                raise asyncio.CancelledError
            if not _is_dead(connection):
                return connection
            await connection.close()
            await self._pool.putconn(connection)

    async def _explained(self, waited: PoolTimeout) -> TextNLPError:
        try:
            await self.check()
        except TextNLPError as error:
            return error
        return TextNLPError(
            f"No connection to the database came free: {waited}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Ask for less at once, or raise the number of connections."),
        )


class TenantDatabase:
    """The database as one tenant sees it, kept to that by the server: its policies pass only the tenant's rows.

    Every connection it lends is in a transaction under the role of tenants, which may not pass the policies over as
    the owner of the tables may.
    """

    def __init__(self, database: PostgresDatabase, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "TenantDatabase":
        """Return the database as another tenant sees it."""
        return TenantDatabase(self._database, tenant)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        """Lend a connection as `PostgresDatabase.connection` does."""
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(BECOME_TENANT, (self._tenant,))
            yield connection


def unavailable(exc: psycopg.Error) -> TextNLPError:
    """Build the error for a database that cannot be reached or gave up."""
    hint = _FULL_HINT if isinstance(exc, psycopg.errors.DiskFull) else _HINT
    said = " ".join(str(exc).split()).rstrip(".")
    message = f"The database cannot be used: {said}."
    return TextNLPError(message, kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=hint))


def _is_dead(connection: AsyncConnection[tuple[Any, ...]]) -> bool:
    """Whether the server has closed an idle connection, by looking at what has arrived, without a round trip."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    try:
        while poll.poll(0):
            connection.pgconn.consume_input()
            if connection.pgconn.status == ConnStatus.BAD:
                return True
    except psycopg.OperationalError:
        return True
    return False
