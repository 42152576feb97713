"""Real parts that tests of several kinds share."""

import asyncio
import gc
import itertools
import tempfile
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.doubles.redis_server import running_redis
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase

_TEMPLATE = "textnlp_template"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process's own, by its maintenance database."""
    with tempfile.TemporaryDirectory(prefix="textnlp-test-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder), clock=SystemClock())
        yield asyncio.run(server.ensure_running())
        asyncio.run(server.release())


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> str:
    """Name of a database at the latest revision, to be copied."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {_TEMPLATE}")
    asyncio.run(upgrade(make_conninfo(postgres_url, dbname=_TEMPLATE)))
    return _TEMPLATE


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A server that speaks the Redis protocol, of this test process's own, behind a socket file."""
    with running_redis() as server:
        yield server.url


@pytest.fixture
def collected_leftovers() -> Iterator[None]:
    """What a test leaves to the garbage collector is collected, and warned of, in that test and not in a later one."""
    yield
    gc.collect()


_numbers = itertools.count()


@pytest.fixture
def empty_database_url(postgres_url: str) -> Generator[str]:
    """An empty database for one test."""
    yield from _fresh_database(postgres_url, template="template1")


@pytest.fixture
def database_url(postgres_url: str, migrated_template: str) -> Generator[str]:
    """A database at the latest revision for one test."""
    yield from _fresh_database(postgres_url, template=migrated_template)


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[PostgresDatabase]:
    """Connections to a database of this test's own."""
    pool = PostgresDatabase(database_url, clock=SystemClock())
    yield pool
    await pool.aclose()


def _fresh_database(postgres_url: str, *, template: str) -> Generator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)),
        )
    yield make_conninfo(postgres_url, dbname=name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
