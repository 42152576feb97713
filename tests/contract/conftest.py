"""Real parts that several contract suites share."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import Entra, running_entra
from tests.doubles.redis_server import RedisServer, running_redis

_QUEUES = "textnlp_queue_tests"


@pytest.fixture(scope="session")
def queue_database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """A database at the latest revision that all tests of queues share, each under a namespace of its own."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {_QUEUES} template {migrated_template}")  # pyright: ignore[reportArgumentType, reportCallIssue]  both names are ours
    yield make_conninfo(postgres_url, dbname=_QUEUES)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"drop database {_QUEUES} with (force)")


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A server of one test's own, which it may stop and start."""
    with running_redis() as server:
        yield server


@pytest.fixture
async def entra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Entra]:
    """Entra ID, for this process in its environment."""
    async with running_entra(tmp_path, write_certificates(tmp_path)) as double:
        for name, value in double.environment.items():
            monkeypatch.setenv(name, value)
        yield double
