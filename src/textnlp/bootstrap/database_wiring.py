"""The wiring of the database, and of what is opened in it without the rest of the platform."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from textnlp.adapters.database.client_registry import PostgresClientRegistry
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.sign_in_store import PostgresSignInStore
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.queue_wiring import job_queue
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.sign_in_store import SignInStore
from textnlp.settings import ServiceAuthentication, Settings

_QUEUE_CONNECTIONS = 4


@contextlib.asynccontextmanager
async def database_address(settings: Settings, tokens: AccessTokens | None = None) -> AsyncGenerator[DatabaseAddress]:
    """Yield the address of the database, with the embedded server running where it is that.

    Raises `INVALID_INPUT` for an address that cannot be read, or that cannot be used with tokens of Entra ID where
    the settings ask for them.
    """
    if settings.database_authentication is ServiceAuthentication.ENTRA:
        async with contextlib.aclosing(access_tokens(tokens)) as shown:
            yield DatabaseAddress(settings.database_url or "", tokens=shown)
        return
    if settings.database_url:
        yield DatabaseAddress(settings.database_url)
        return
    server = EmbeddedPostgres(settings.postgres_dir, clock=SYSTEM_CLOCK)
    dsn = await server.ensure_running()
    watching = asyncio.create_task(server.watch(), name="database watch")
    try:
        yield DatabaseAddress(dsn)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await server.release()


async def migrate_database(settings: Settings) -> None:
    """Bring the database to the structure of this version; raises what `upgrade` and `database_address` do."""
    async with database_address(settings) as address:
        await upgrade(address)


@contextlib.asynccontextmanager
async def open_clients(settings: Settings) -> AsyncGenerator[ClientRegistry]:
    """Open the register of clients alone, beside a platform that may run on it or not."""
    async with open_database(settings) as database:
        yield PostgresClientRegistry(database)


@contextlib.asynccontextmanager
async def open_sign_ins(settings: Settings) -> AsyncGenerator[SignInStore]:
    """Open what people allowed programs alone, likewise."""
    async with open_database(settings) as database:
        yield PostgresSignInStore(database)


@contextlib.asynccontextmanager
async def open_queue(settings: Settings) -> AsyncGenerator[JobQueue]:
    """Open the queues alone, likewise: those of the database, or of Service Bus where the settings name it."""
    async with contextlib.AsyncExitStack() as stack:
        tokens = await stack.enter_async_context(contextlib.aclosing(access_tokens()))
        address = await stack.enter_async_context(database_address(settings, tokens))
        await upgrade(address)
        database = PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=_QUEUE_CONNECTIONS)
        await stack.enter_async_context(contextlib.aclosing(database))
        queue = job_queue(settings, database, address=address, namespace="", tokens=tokens)
        yield await stack.enter_async_context(contextlib.aclosing(queue))


@contextlib.asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[PostgresDatabase]:
    """Open the database alone, brought to the structure of this version, on one connection."""
    async with database_address(settings) as address:
        await upgrade(address)
        async with contextlib.aclosing(PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=1)) as database:
            yield database
