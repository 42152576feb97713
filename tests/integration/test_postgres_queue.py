from dataclasses import dataclass, replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.doubles.clock import ManualClock
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Queue, Topic

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Declared:
    queues: tuple[Queue, ...]
    topics: tuple[Topic, ...] = ()


async def bodies_sent_and_received(url: str, declared: Declared) -> list[bytes]:
    """Send to each queue a message with its name, and return what is received."""
    database = PostgresDatabase(url, clock=SystemClock())
    queue = PostgresJobQueue(
        database.connection, listen_dsn=DatabaseAddress(url).conninfo, topology=declared, clock=ManualClock()
    )
    received: list[bytes] = []
    for each in declared.queues:
        await queue.send(each.name, [OutgoingMessage(body=each.name.encode(), message_id=each.name)])
        received += [message.body for message in await queue.receive(each.name)]
    await queue.aclose()
    await database.aclose()
    return received


async def test_a_version_with_one_queue_more_finds_it_in_a_database_that_had_the_others(database_url: str) -> None:
    first = TOPOLOGY.queues[0]
    earlier = Declared(queues=(first,))
    later = Declared(queues=(first, replace(first, name="of-a-later-version")))
    assert await bodies_sent_and_received(database_url, earlier) == [first.name.encode()]
    assert b"of-a-later-version" in await bodies_sent_and_received(database_url, later)


async def test_a_database_that_declares_no_encoding_is_read_as_utf_8(postgres_url: str) -> None:
    name = "test_of_no_encoding"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create database test_of_no_encoding encoding 'SQL_ASCII' locale 'C' template template0")
    url = make_conninfo(postgres_url, dbname=name)
    await upgrade(url)
    declared = Declared(queues=(TOPOLOGY.queues[0],))
    assert await bodies_sent_and_received(url, declared) == [TOPOLOGY.queues[0].name.encode()]
