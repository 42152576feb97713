import asyncio
import hashlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from types import MappingProxyType

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.call_cache import PostgresCallCache
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Usage
from textnlp.domain.generation.reuse import MOST_KEPT_BYTES, CacheSize
from textnlp.ports.call_cache import CallCache

CLOCK = SystemClock()
_DAY = timedelta(days=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def everyones(request: pytest.FixtureRequest) -> CallCache:
    if request.param == "memory":
        return MemoryCallCache(clock=CLOCK)
    return PostgresCallCache(request.getfixturevalue("database"))


@pytest.fixture
def cache(everyones: CallCache) -> CallCache:
    return everyones.for_tenant("mine")


@pytest.fixture
async def three_caches(everyones: CallCache, request: pytest.FixtureRequest) -> AsyncGenerator[list[CallCache]]:
    """The same tenant's cache as three processes have it."""
    if isinstance(everyones, MemoryCallCache):
        yield [everyones.for_tenant("mine")] * 3
        return
    url = request.getfixturevalue("database_url")
    databases = [PostgresDatabase(url, clock=CLOCK) for _ in range(3)]
    yield [PostgresCallCache(database, tenant="mine") for database in databases]
    for database in databases:
        await database.aclose()


def key(name: str = "k") -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def answer(text: str = "Yes.") -> Completion:
    return Completion(text=text, model="m-1", finish_reason=FinishReason.STOP)


async def test_what_is_kept_is_found_and_nothing_else(cache: CallCache) -> None:
    assert await cache.find([key()]) == {}
    await cache.keep([(key("one"), answer("1")), (key("two"), answer("2"))])
    assert await cache.find([key("one"), key("three"), key("two"), key("one")]) == {
        key("one"): answer("1"),
        key("two"): answer("2"),
    }


async def test_an_answer_comes_back_with_all_that_it_had(cache: CallCache) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": 1.5}'}}
    full = Completion(
        text="",
        model="m-1",
        finish_reason=FinishReason.TOOL_CALLS,
        usage=Usage(prompt_tokens=1, completion_tokens=2, cached_tokens=3, reasoning_tokens=4),
        attempts=3,
        tool_calls=(call,),
        logprobs={"content": [{"token": "a", "logprob": -0.25}]},
        deployment="west",
    )
    await cache.keep([(key(), full)])
    assert await cache.find([key()]) == {key(): full}


@pytest.mark.parametrize("text", ["", "a\0b", "half \ud83d of a pair", "\udc80 and \ud800", "😀", "\u2028\\ud800"])
async def test_any_text_comes_back_as_it_was(cache: CallCache, text: str) -> None:
    tools = (MappingProxyType({"id": text, "deep": MappingProxyType({"text": text})}),)
    await cache.keep([(key(), Completion(text=text, model=text, finish_reason=FinishReason.STOP, tool_calls=tools))])
    (found,) = (await cache.find([key()])).values()
    assert (found.text, found.model, found.tool_calls) == (text, text, ({"id": text, "deep": {"text": text}},))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=())))
def test_whatever_models_write_is_kept(text: str) -> None:
    cache = MemoryCallCache(clock=CLOCK, tenant="mine")
    asyncio.run(cache.keep([(key(), answer(text))]))
    assert asyncio.run(cache.find([key()])) == {key(): answer(text)}


async def test_the_first_answer_stays(cache: CallCache) -> None:
    await cache.keep([(key(), answer("first")), (key(), answer("second"))])
    await cache.keep([(key(), answer("third"))])
    assert await cache.find([key()]) == {key(): answer("first")}


async def test_an_answer_that_is_too_large_is_passed_over(cache: CallCache) -> None:
    await cache.keep([(key("large"), answer("x" * MOST_KEPT_BYTES)), (key("small"), answer())])
    assert await cache.find([key("large"), key("small")]) == {key("small"): answer()}


async def test_a_tenant_has_answers_of_its_own(everyones: CallCache) -> None:
    mine, theirs = everyones.for_tenant("mine"), everyones.for_tenant("theirs")
    await mine.keep([(key(), answer("mine"))])
    assert await theirs.find([key()]) == {}
    await theirs.keep([(key(), answer("theirs")), (key("other"), answer())])
    assert await mine.find([key(), key("other")]) == {key(): answer("mine")}
    assert await theirs.find([key()]) == {key(): answer("theirs")}
    assert [(await each.size()).entries for each in (mine, theirs, everyones)] == [1, 2, 3]
    assert await mine.forget_before(CLOCK.now() + _DAY) == 1
    assert (await theirs.size()).entries == 2


async def test_nothing_is_found_or_kept_on_nobodys_behalf(everyones: CallCache) -> None:
    for call in (everyones.find([key()]), everyones.keep([(key(), answer())])):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.INTERNAL


async def test_what_is_old_is_removed_for_everybody(everyones: CallCache) -> None:
    for tenant in ("mine", "theirs"):
        await everyones.for_tenant(tenant).keep([(key(), answer())])
    assert await everyones.forget_before(CLOCK.now() - _DAY) == 0
    assert await everyones.forget_before(CLOCK.now() + _DAY) == 2
    assert await everyones.size() == CacheSize(entries=0, size_bytes=0)


async def test_more_than_one_transaction_removes_is_removed(everyones: CallCache) -> None:
    await everyones.for_tenant("mine").keep([(key(str(number)), answer()) for number in range(1_001)])
    assert await everyones.forget_before(CLOCK.now() + _DAY) == 1_001


async def test_the_size_grows_with_the_answers(cache: CallCache) -> None:
    await cache.keep([(key("one"), answer("x" * 1_000))])
    small = await cache.size()
    assert 1_000 < small.size_bytes < 2_000
    await cache.keep([(key("two"), answer("x" * 1_000))])
    assert await cache.size() == CacheSize(entries=2, size_bytes=2 * small.size_bytes)


async def test_no_keys_are_no_work(cache: CallCache) -> None:
    assert await cache.find([]) == {}
    await cache.keep([])


async def test_many_that_keep_the_same_at_once_agree_on_one_answer(three_caches: list[CallCache]) -> None:
    names = [f"key {number}" for number in range(50)]
    groups = [[(key(name), answer(f"{name} of {group}")) for name in names] for group in range(9)]
    mixed = [group if place % 2 else group[::-1] for place, group in enumerate(groups)]
    await asyncio.gather(*(three_caches[place % 3].keep(group) for place, group in enumerate(mixed)))
    found = [await cache.find([key(name) for name in names]) for cache in three_caches]
    assert len(found[0]) == 50
    assert found[0] == found[1] == found[2]


@pytest.mark.postgres
@pytest.mark.parametrize("value", [b"", b"\xff", b"{", b"null", b'{"text": "an older form"}', b"[" * 100_000])
async def test_what_can_no_longer_be_read_makes_room(database: PostgresDatabase, value: bytes) -> None:
    cache = PostgresCallCache(database, tenant="mine")
    await cache.keep([(key(), answer()), (key("other"), answer())])
    async with database.connection() as connection:
        await connection.execute("update call_cache set value = %s where key = %s", (value, key()))
    assert await cache.find([key(), key("other")]) == {key("other"): answer()}
    await cache.keep([(key(), answer("anew"))])
    assert await cache.find([key()]) == {key(): answer("anew")}


@pytest.mark.postgres
async def test_the_server_keeps_a_tenants_answers_from_another(database: PostgresDatabase) -> None:
    for tenant in ("mine", "theirs"):
        await PostgresCallCache(database, tenant=tenant).keep([(key(), answer())])
    async with database.for_tenant("mine").connection() as connection:
        assert await (await connection.execute("select tenant from call_cache")).fetchall() == [("mine",)]
        assert (await connection.execute("delete from call_cache where tenant = 'theirs'")).rowcount == 0
    for statement in (
        "insert into call_cache (tenant, key, value) values ('theirs', decode(repeat('00', 16), 'hex'), '')",
        "update call_cache set tenant = 'theirs'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.for_tenant("mine").connection() as connection:
                await connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]  both are ours


@pytest.mark.postgres
async def test_a_database_that_is_gone_is_unavailable(database: PostgresDatabase) -> None:
    cache = PostgresCallCache(database, tenant="mine")
    await database.aclose()
    for call in (cache.find([key()]), cache.keep([(key(), answer())])):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.UNAVAILABLE
