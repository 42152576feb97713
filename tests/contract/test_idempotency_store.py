import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import psycopg
import pytest

from tests.contract.idempotency_cases import DAY, LEASE, NOON, answer, claim
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.idempotency_store import PostgresIdempotencyStore
from textnlp.adapters.database.memory_idempotency_store import MemoryIdempotencyStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.idempotency.model import KeyState
from textnlp.ports.idempotency_store import IdempotencyStore

CLAIMED, IN_USE = KeyState.CLAIMED, KeyState.IN_USE
_A_MOMENT = timedelta(microseconds=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> IdempotencyStore:
    if request.param == "memory":
        return MemoryIdempotencyStore()
    return PostgresIdempotencyStore(request.getfixturevalue("database"))


@pytest.fixture
async def three_stores(
    store: IdempotencyStore, request: pytest.FixtureRequest
) -> AsyncGenerator[list[IdempotencyStore]]:
    """The same store as three processes have it."""
    if isinstance(store, MemoryIdempotencyStore):
        yield [store] * 3
        return
    url = request.getfixturevalue("database_url")
    databases = [PostgresDatabase(url, clock=SystemClock()) for _ in range(3)]
    yield [PostgresIdempotencyStore(database) for database in databases]
    for database in databases:
        await database.aclose()


async def test_a_key_is_claimed_once_and_then_has_its_answer(store: IdempotencyStore) -> None:
    first, kept = claim(), answer()
    assert await store.claim([first]) == [CLAIMED]
    assert await store.claim([claim()]) == [IN_USE]
    await store.keep([(first, kept)])
    assert await store.claim([claim()]) == [kept]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", None])
async def test_an_answer_is_given_back_as_it_was(store: IdempotencyStore, body: bytes | None) -> None:
    first = claim()
    await store.claim([first])
    await store.keep([(first, answer(body))])
    assert await store.claim([claim()]) == [answer(body)]


async def test_of_several_claims_at_once_the_first_one_has_the_key(store: IdempotencyStore) -> None:
    claims = [claim("one"), claim("two"), claim("one"), claim("one")]
    assert await store.claim(claims) == [CLAIMED, CLAIMED, IN_USE, IN_USE]
    await store.keep([(claims[0], answer())])
    assert await store.claim([claim("one"), claim("two"), claim("three")]) == [answer(), IN_USE, CLAIMED]


async def test_a_released_key_is_free_and_an_answered_one_is_not(store: IdempotencyStore) -> None:
    first, second = claim(), claim()
    await store.claim([first])
    await store.release([second])
    assert await store.claim([second]) == [IN_USE], "only the call that has the key can give it back"
    await store.release([first])
    assert await store.claim([second]) == [CLAIMED]
    await store.keep([(second, answer())])
    await store.release([second])
    assert await store.claim([claim()]) == [answer()]


async def test_a_call_that_died_keeps_its_key_until_its_claim_expires(store: IdempotencyStore) -> None:
    dead = claim()
    await store.claim([dead])
    assert await store.claim([claim(at=NOON + LEASE - _A_MOMENT)]) == [IN_USE]
    heir = claim(at=NOON + LEASE)
    assert await store.claim([heir]) == [CLAIMED]
    await store.keep([(dead, answer(b"late"))])
    await store.release([dead])
    assert await store.claim([claim(at=heir.claimed_at)]) == [IN_USE], "what was taken over is not the dead one's"


async def test_an_answer_is_given_until_it_expires(store: IdempotencyStore) -> None:
    first = claim()
    await store.claim([first])
    await store.keep([(first, answer())])
    assert await store.claim([claim(at=NOON + DAY - _A_MOMENT)]) == [answer()]
    assert await store.claim([claim(at=NOON + DAY)]) == [CLAIMED]
    assert await store.claim([claim(at=NOON + DAY)]) == [IN_USE], "nothing of the old answer is left"


async def test_what_has_expired_is_removed_and_nothing_else(store: IdempotencyStore) -> None:
    dead, answered = claim("dead"), claim("answered", tenant="b")
    await store.claim([dead, answered, claim("running", lease=2 * DAY)])
    await store.keep([(answered, answer())])
    assert await store.expire(NOON) == 0
    assert await store.expire(NOON + LEASE) == 1
    assert await store.expire(NOON + DAY) == 1
    assert await store.claim([claim("running")]) == [IN_USE]


async def test_the_same_key_of_two_tenants_is_two_keys(store: IdempotencyStore) -> None:
    mine, theirs = claim(tenant="mine"), claim(tenant="theirs")
    assert await store.claim([mine, theirs]) == [CLAIMED, CLAIMED]
    await store.keep([(mine, answer(b"mine")), (theirs, answer(b"theirs"))])
    assert await store.claim([claim(tenant="theirs"), claim(tenant="mine")]) == [answer(b"theirs"), answer(b"mine")]


async def test_exactly_one_of_many_that_come_at_once_has_the_key(three_stores: list[IdempotencyStore]) -> None:
    keys = [f"key {number}" for number in range(20)]
    groups = [[claim(key, tenant=tenant) for key in keys for tenant in ("a", "b")] for _ in range(9)]
    mixed = [group if place % 2 else group[::-1] for place, group in enumerate(groups)]
    found = await asyncio.gather(
        *(three_stores[place % 3].claim(group) for place, group in enumerate(mixed)),
    )
    winners = [
        each.key_id
        for group, states in zip(mixed, found, strict=True)
        for each, state in zip(group, states, strict=True)
        if state is CLAIMED
    ]
    assert sorted(winners) == sorted(each.key_id for each in groups[0])


async def test_no_claims_are_no_work(store: IdempotencyStore) -> None:
    assert await store.claim([]) == []
    await store.keep([])
    await store.release([])


@pytest.mark.postgres
async def test_the_server_keeps_a_tenants_answers_from_another(database: PostgresDatabase) -> None:
    store = PostgresIdempotencyStore(database)
    await store.claim([claim(tenant="mine"), claim(tenant="theirs")])
    async with database.for_tenant("mine").connection() as connection:
        seen = await (await connection.execute("select tenant from idempotency_keys")).fetchall()
        assert seen == [("mine",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.for_tenant("mine").connection() as connection:
            await connection.execute("update idempotency_keys set tenant = 'theirs'")
