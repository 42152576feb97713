import asyncio
import itertools
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.certificates import Certificates, write_certificates
from tests.doubles.entra_postgres import role_with_password, running_postgres_front, take_only
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.access_tokens import POSTGRESQL
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import TEXT_GENERATION_QUEUE

pytestmark = pytest.mark.postgres

ROLE = "textnlp-workload"


@dataclass(slots=True)
class Served:
    """A database whose server asks the role for a password in clear text, as Azure's does, behind TLS."""

    url: str
    admin_url: str
    tokens: HandedTokens

    @property
    def address(self) -> DatabaseAddress:
        return DatabaseAddress(self.url, tokens=self.tokens)

    async def take_only_the_newest_token(self) -> None:
        token = await self.tokens.token(POSTGRESQL)
        take_only(self.admin_url, ROLE, token.value)


@pytest.fixture(scope="module")
def role(postgres_url: str, migrated_template: str) -> Generator[str]:
    """A role that comes in by its token alone."""
    with role_with_password(postgres_url, ROLE):
        yield ROLE


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def served(role: str, empty_database_url: str, certificates: Certificates) -> AsyncGenerator[Served]:
    async with running_postgres_front(empty_database_url, role, certificates) as url:
        yield Served(url=url, admin_url=empty_database_url, tokens=HandedTokens(SystemClock()))


async def test_a_connection_lives_on_when_its_token_ends_and_a_new_one_shows_the_newest(served: Served) -> None:
    await served.take_only_the_newest_token()
    database = PostgresDatabase(served.address, clock=SystemClock(), wait_seconds=1)
    async with database.connection() as first:
        served.tokens.renew()
        await served.take_only_the_newest_token()
        async with database.connection() as second:
            assert await _user(second) == ROLE
        assert await _user(first) == ROLE
        asked = len(served.tokens.asked)
        async with database.connection() as again:
            assert await _user(again) == ROLE

    assert len(served.tokens.asked) == asked, "a connection of the pool's asks for no token"
    await database.aclose()


async def _user(connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> str:
    found = await (await connection.execute("select current_user")).fetchone()
    return "" if found is None else found[0]


async def test_migrations_checks_and_the_queue_sign_in_with_a_token_too(served: Served) -> None:
    await served.take_only_the_newest_token()
    await upgrade(served.address)
    clock = SystemClock()
    database = PostgresDatabase(served.address, clock=clock)
    queue = PostgresJobQueue(
        database.connection, listen_dsn=served.address.conninfo, topology=TOPOLOGY, clock=clock, namespace="entra"
    )
    await database.check()
    waiting = asyncio.create_task(queue.receive(TEXT_GENERATION_QUEUE, max_wait_seconds=5))
    await asyncio.sleep(0.05)
    await queue.send(TEXT_GENERATION_QUEUE, [OutgoingMessage(body=b"{}", message_id="1")])

    assert [message.message_id for message in await waiting] == ["1"]
    await queue.aclose()
    await database.aclose()


async def test_a_server_that_is_cut_off_in_the_middle_loses_nothing_that_was_committed(
    role: str, empty_database_url: str, certificates: Certificates
) -> None:
    tokens = HandedTokens(SystemClock())
    take_only(empty_database_url, role, (await tokens.token(POSTGRESQL)).value)
    committed: set[int] = set()
    numbers = itertools.count()
    is_over = asyncio.Event()

    async def write(database: PostgresDatabase) -> None:
        while not is_over.is_set():
            number = next(numbers)
            try:
                async with database.connection() as connection:
                    await connection.execute("insert into numbers values (%s)", (number,))
                committed.add(number)
            except TextNLPError as error:
                assert error.kind is ErrorKind.UNAVAILABLE  # noqa: PT017  any other kind would be a wrong answer

    async with running_postgres_front(empty_database_url, role, certificates) as url:
        database = PostgresDatabase(DatabaseAddress(url, tokens=tokens), clock=SystemClock())
        async with database.connection() as connection:
            await connection.execute("create schema textnlp create table numbers (number int)")
        writers = [asyncio.create_task(write(database)) for _ in range(4)]
        await _grows(committed, by=100)
    port = int(str(conninfo_to_dict(url)["port"]))
    async with running_postgres_front(empty_database_url, role, certificates, port=port):
        await _grows(committed, by=100)
        is_over.set()
        await asyncio.gather(*writers)
        async with database.connection() as connection:
            rows = await (await connection.execute("select number from numbers")).fetchall()
        await database.aclose()
    there = [number for (number,) in rows]
    assert committed <= set(there)
    assert len(there) == len(set(there))


async def _grows(numbers: set[int], *, by: int) -> None:
    wanted = len(numbers) + by
    async with asyncio.timeout(60):
        while len(numbers) < wanted:  # noqa: ASYNC110  what grows is a plain set
            await asyncio.sleep(0.01)


async def test_a_token_that_the_server_does_not_take_is_told_without_repeating_it(served: Served) -> None:
    await served.take_only_the_newest_token()
    served.tokens.renew()
    database = PostgresDatabase(served.address, clock=SystemClock(), wait_seconds=0.2)

    with pytest.raises(TextNLPError) as caught:
        async with database.connection():
            pytest.fail("the token had ended")

    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "password authentication failed" in caught.value.full_text
    assert (await served.tokens.token(POSTGRESQL)).value not in caught.value.full_text
    await database.aclose()


async def test_who_has_no_identity_is_told_that_and_not_that_the_database_is_away(served: Served) -> None:
    served.tokens.failure = TextNLPError("This process cannot sign in.", kind=ErrorKind.UNAUTHENTICATED)
    database = PostgresDatabase(served.address, clock=SystemClock(), wait_seconds=0.2)

    with pytest.raises(TextNLPError, match="cannot sign in"):
        async with database.connection():
            pytest.fail("there was no token")
    await database.aclose()


async def test_the_token_is_not_shown_to_a_server_that_has_another_name(
    served: Served, tmp_path: Path, certificates: Certificates
) -> None:
    by_others = write_certificates(tmp_path)
    await served.take_only_the_newest_token()
    for url in (
        served.url.replace("localhost", "db.example") + "&hostaddr=127.0.0.1",
        served.url.replace(str(certificates.authority), str(by_others.authority)),
    ):
        database = PostgresDatabase(DatabaseAddress(url, tokens=served.tokens), clock=SystemClock())
        with pytest.raises(TextNLPError, match=r"certificate|SSL error"):
            await database.check()
        await database.aclose()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me@db.example/textnlp?sslmode=require", "sslmode=verify-full, not require"),
        ("postgresql://me:secret-word@db.example/textnlp", "a user and no password"),
        ("postgresql://db.example/textnlp", "a user and no password"),
        ("postgresql://me:secret-word@[/textnlp", "cannot be read"),
    ],
)
def test_an_address_that_is_not_for_tokens_is_refused_without_repeating_a_password(url: str, told: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        DatabaseAddress(url, tokens=HandedTokens(SystemClock()))

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert told in caught.value.full_text
    assert "secret-word" not in caught.value.full_text


def test_servers_are_verified_by_the_authorities_of_this_machine_where_none_are_named() -> None:
    address = DatabaseAddress("postgresql://me@db.example/textnlp", tokens=HandedTokens(SystemClock()))

    given = conninfo_to_dict(asyncio.run(address.conninfo()))

    assert given["sslmode"] == "verify-full"
    assert Path(str(given["sslrootcert"])).is_file()
