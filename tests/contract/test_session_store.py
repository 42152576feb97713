import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.memory_session_store import MemorySessionStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.session_store import PostgresSessionStore
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import SessionId, new_session_id
from textnlp.domain.identity.session import (
    IDLE_SECONDS,
    SessionContent,
    StoredSession,
    generate_session_secret,
    open_content,
    seal_content,
    seal_successor,
    session_digest,
)
from textnlp.ports.session_store import SessionStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CONTENT = SessionContent(
    access_token="header.ACCESS.signature",  # noqa: S106  a marker
    refresh_token="REFRESH",  # noqa: S106  a marker
    issuer="local",
    form_secret="FORM",  # noqa: S106  a marker
)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> SessionStore:
    if request.param == "memory":
        return MemorySessionStore()
    return PostgresSessionStore(request.getfixturevalue("database"))


def make(secret: str | None = None, *, at: datetime = NOON) -> StoredSession:
    secret = secret or generate_session_secret()
    return StoredSession(
        digest=session_digest(secret),
        id=new_session_id(at),
        sealed=seal_content(CONTENT, secret),
        subject="Naïve 'person'; drop table console_sessions",
        tenant="contoso",
        token_ends_at=at + 60 * MINUTE,
        renew_at=at + 55 * MINUTE,
        created_at=at,
        used_at=at,
        expires_at=at + 12 * 60 * MINUTE,
    )


async def test_what_was_kept_is_found_as_it_was(store: SessionStore) -> None:
    session = make()
    await store.keep(session)
    assert await store.find(session.digest) == session
    assert await store.find(session_digest("another")) is None


async def test_use_is_noted_and_never_taken_back(store: SessionStore) -> None:
    session = make()
    await store.keep(session)
    for at in (NOON + MINUTE, NOON):
        await store.touch(session.digest, at)
        assert await store.find(session.digest) == dataclasses.replace(session, used_at=NOON + MINUTE)
    await store.touch(session_digest("another"), NOON)


async def test_of_many_who_want_to_renew_at_once_one_may(store: SessionStore) -> None:
    session = make()
    await store.keep(session)
    wishes = (store.begin_renewal(session.digest, now=NOON, until=NOON + MINUTE) for _ in range(20))
    assert sum(await asyncio.gather(*wishes)) == 1
    almost = NOON + MINUTE - timedelta(microseconds=1)
    assert not await store.begin_renewal(session.digest, now=almost, until=almost + MINUTE)
    assert await store.begin_renewal(session.digest, now=NOON + MINUTE, until=NOON + 2 * MINUTE)
    assert not await store.begin_renewal(session_digest("another"), now=NOON, until=NOON + MINUTE)


async def test_a_session_is_replaced_once(store: SessionStore) -> None:
    old, fresh, late = make("a" * 43), make("b" * 43), make("c" * 43)
    successor = seal_successor("b" * 43, "a" * 43)
    await store.keep(old)
    assert await store.replace(old.digest, fresh, successor=successor, expires_at=NOON + MINUTE)
    told = dataclasses.replace(old, successor=successor, expires_at=NOON + MINUTE)
    assert await store.find(old.digest) == told
    assert await store.find(fresh.digest) == fresh
    assert not await store.replace(old.digest, late, successor=b"late", expires_at=NOON + MINUTE)
    assert await store.find(late.digest) is None
    assert await store.find(old.digest) == told
    assert not await store.begin_renewal(old.digest, now=NOON, until=NOON + MINUTE)


async def test_of_many_who_replace_at_once_one_does(store: SessionStore) -> None:
    old = make()
    await store.keep(old)
    fresh = [make() for _ in range(8)]
    done = await asyncio.gather(
        *(store.replace(old.digest, each, successor=each.digest, expires_at=NOON + MINUTE) for each in fresh)
    )
    assert sum(done) == 1
    assert [await store.find(each.digest) is not None for each in fresh] == done


async def test_a_session_that_ends_earlier_is_not_prolonged_by_being_replaced(store: SessionStore) -> None:
    old = dataclasses.replace(make(), expires_at=NOON + MINUTE)
    await store.keep(old)
    assert await store.replace(old.digest, make(), successor=b"s", expires_at=NOON + 2 * MINUTE)
    found = await store.find(old.digest)
    assert found is not None
    assert found.expires_at == NOON + MINUTE


async def test_what_is_gone_is_neither_replaced_nor_made_again(store: SessionStore) -> None:
    gone, fresh = make(), make()
    assert not await store.replace(gone.digest, fresh, successor=b"s", expires_at=NOON)
    assert await store.find(fresh.digest) is None


async def test_a_session_ends_with_all_that_it_was(store: SessionStore) -> None:
    old, other = make(), make()
    fresh = dataclasses.replace(make(), id=old.id)
    await store.keep(old)
    await store.keep(other)
    await store.replace(old.digest, fresh, successor=b"s", expires_at=NOON + MINUTE)
    await store.end(old.id)
    assert [await store.find(each.digest) for each in (old, fresh, other)] == [None, None, other]
    await store.end(SessionId("session_\0"))


async def test_what_has_ended_or_is_idle_is_forgotten(store: SessionStore) -> None:
    ended = dataclasses.replace(make(), expires_at=NOON)
    idle = dataclasses.replace(make(), used_at=NOON - timedelta(seconds=IDLE_SECONDS))
    good = make()
    for each in (ended, idle, good):
        await store.keep(each)
    assert await store.expire(NOON) == 2
    assert [await store.find(each.digest) for each in (ended, idle, good)] == [None, None, good]
    assert await store.expire(NOON) == 0


@pytest.mark.postgres
async def test_a_row_that_was_stolen_opens_nothing(database: PostgresDatabase) -> None:
    secret = generate_session_secret()
    store = PostgresSessionStore(database)
    session = make(secret)
    await store.keep(session)
    successor = seal_successor("b" * 43, secret)
    await store.replace(session.digest, make(), successor=successor, expires_at=NOON + MINUTE)
    async with database.connection() as connection:
        rows = await (await connection.execute("select * from console_sessions")).fetchall()
    held = b" ".join(bytes(value) for row in rows for value in row if isinstance(value, bytes))
    told = repr(rows)
    for text in (secret, "b" * 43, CONTENT.access_token, "REFRESH", "FORM"):
        assert text.encode() not in held
        assert text not in told
    for guess in (session.digest.hex()[:43], session.id, generate_session_secret()):
        with pytest.raises(TextNLPError):
            open_content(session.sealed, guess)
