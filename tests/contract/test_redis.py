import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import ResponseError

from tests.doubles.redis_server import RedisServer
from textnlp.adapters.limits.redis import RedisCallLimiter, connect, unavailable
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.limits import CALL_LIMITS, CallLimit

SHORT = CallLimit(name="short", counts="calls", allowed=9, renewal_seconds=1)


async def _error(call: Awaitable[object]) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await call
    return caught.value


async def _keys(client: Redis) -> set[bytes]:
    return {key async for key in client.scan_iter("textnlp:limits:{*")}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


async def test_all_keys_of_a_caller_are_in_one_slot_of_a_cluster_and_do_not_tell_the_caller(redis_url: str) -> None:
    client = connect(redis_url)
    limiter = RedisCallLimiter(client)
    before = await _keys(client)
    await limiter.take("}{ann@example.org", CALL_LIMITS, tokens=1)
    made = await _keys(client) - before
    assert len(made) == len(CALL_LIMITS)
    assert len({key_slot(key) for key in made}) == 1
    assert not any(b"ann" in key for key in made)
    await limiter.take("bob@example.org", CALL_LIMITS, tokens=1)
    assert len({key_slot(key) for key in await _keys(client) - before}) == 2
    await limiter.aclose()


async def test_keys_go_when_nothing_in_them_counts_any_more(redis_url: str) -> None:
    client = connect(redis_url)
    limiter = RedisCallLimiter(client)
    before = await _keys(client)
    await limiter.take("short-lived", [SHORT])
    (key,) = await _keys(client) - before
    assert 0 < await client.pttl(key) <= 1_000
    await asyncio.sleep(1.01)
    assert await _keys(client) == before
    await limiter.aclose()


async def test_a_server_that_forgot_the_script_is_told_it_again(redis_url: str) -> None:
    client = connect(redis_url)
    limiter = RedisCallLimiter(client)
    remaining: list[int] = []
    for _ in range(3):
        remaining.append((await limiter.take("forgetful", CALL_LIMITS)).remaining)
        await client.script_flush()
    assert remaining == [999, 998, 997]
    await limiter.aclose()


async def test_a_server_that_is_not_there_is_unavailable_and_the_hint_names_the_setting(tmp_path: Path) -> None:
    limiter = RedisCallLimiter(connect(f"unix://user:hunter2@{tmp_path}/none", wait_seconds=0.2))
    calls: list[Callable[[], Awaitable[object]]] = [
        limiter.check,
        lambda: limiter.take("a", CALL_LIMITS),
        lambda: limiter.settle("a", CALL_LIMITS, tokens=1),
    ]
    for call in calls:
        error = await _error(call())
        assert error.kind is ErrorKind.UNAVAILABLE
        assert error.is_retryable
        assert "REDIS_URL" in error.full_text
        assert "hunter2" not in error.full_text
    await limiter.aclose()


async def test_a_wrong_password_and_a_missing_right_are_unavailable_and_never_repeated(redis_url: str) -> None:
    admin = connect(redis_url)
    await admin.acl_setuser("limited", enabled=True, passwords=["+right-word"], commands=["+ping"])  # pyright: ignore[reportUnknownMemberType]
    path = redis_url.removeprefix("unix://")
    for word in ("hunter2", "right-word"):
        limiter = RedisCallLimiter(connect(f"unix://limited:{word}@{path}"))
        for call in (limiter.check(), limiter.take("a", CALL_LIMITS)):
            error = await _error(call)
            assert error.kind is ErrorKind.UNAVAILABLE
            assert "REDIS_URL" in error.full_text
            assert word not in error.full_text
        await limiter.aclose()
    await admin.acl_deluser("limited")  # pyright: ignore[reportUnknownMemberType]
    await admin.aclose()


async def test_a_server_that_takes_no_more_keys_is_unavailable_before_it_is_needed(redis_server: RedisServer) -> None:
    admin = connect(redis_server.url)
    limiter = RedisCallLimiter(connect(redis_server.url))
    await limiter.check()
    await admin.config_set("maxmemory", "1")  # pyright: ignore[reportUnknownMemberType]
    for call in (limiter.check(), limiter.take("a", CALL_LIMITS)):
        assert (await _error(call)).kind is ErrorKind.UNAVAILABLE
    await admin.config_set("maxmemory", "0")  # pyright: ignore[reportUnknownMemberType]
    assert (await limiter.take("a", CALL_LIMITS)).remaining == 999
    await admin.aclose()
    await limiter.aclose()


def test_a_server_that_repeats_what_it_does_not_know_is_not_repeated() -> None:
    error = unavailable(ResponseError("unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'u' 'hunter2'"))
    assert "HELLO" in error.full_text
    assert "hunter2" not in error.full_text


@pytest.mark.parametrize(
    "url",
    ["redis://user:hunter2/@host:6379", "http://user:hunter2@host", "redis://user:hunter2@host?colour=blue", "hunter2"],
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        connect(url)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "REDIS_URL" in caught.value.full_text
    assert "hunter2" not in caught.value.full_text
    assert caught.value.__suppress_context__


async def test_a_server_that_hangs_is_unavailable_and_gives_right_answers_afterwards(
    redis_server: RedisServer,
) -> None:
    limiter = RedisCallLimiter(connect(redis_server.url, wait_seconds=0.2))
    await limiter.take("a", CALL_LIMITS)
    with redis_server.stopped():
        error = await _error(limiter.take("a", CALL_LIMITS))
    assert error.kind is ErrorKind.UNAVAILABLE
    assert [(await limiter.take(name, CALL_LIMITS)).remaining for name in ("b", "b", "c")] == [999, 998, 999]
    await limiter.aclose()
