import asyncio

import pytest
from redis.exceptions import DataError, ResponseError

from tests.doubles.redis_server import RedisServer
from textnlp.adapters.limits.redis import connect
from textnlp.adapters.limits.redis_group import ScriptGroup

_SECOND = 1_000_000


def _take(units: int = 1) -> list[str | int]:
    return ["take", 5 * _SECOND, 0, 9, _SECOND, _SECOND, units]


async def test_runs_that_come_together_are_all_answered_each_with_its_own(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    group = ScriptGroup(client)
    answers = await asyncio.gather(*(group.run([f"key {number}"], _take(number % 9 + 1)) for number in range(300)))
    assert [answer[0] for answer in answers] == [number % 9 + 1 for number in range(300)]
    await client.aclose()


async def test_one_that_fails_fails_alone(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    await client.hset("not a log", "a", "b")
    group = ScriptGroup(client)
    answers = await asyncio.gather(
        *(group.run([key], _take()) for key in ("before", "not a log", "after")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], ResponseError)
    assert answers[0] == answers[2] == [1, 0, _SECOND]
    await client.aclose()


async def test_a_run_whose_caller_gave_up_before_it_was_sent_is_not_sent(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    group = ScriptGroup(client)
    runs = [asyncio.create_task(group.run(["key"], _take())) for _ in range(3)]
    await asyncio.sleep(0)
    runs[1].cancel()
    answers = await asyncio.gather(*runs, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    await group.run(["key"], _take())
    assert await group.run(["key"], _take()) == [4, 0, _SECOND]
    await client.aclose()


async def test_closing_waits_for_what_was_asked_for(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    group = ScriptGroup(client)
    run = asyncio.create_task(group.run(["key"], _take()))
    await asyncio.sleep(0)
    await group.aclose()
    assert await asyncio.wait_for(run, 0.01) == [1, 0, _SECOND]
    await group.aclose()
    await client.aclose()


async def test_an_error_before_anything_is_sent_reaches_who_waits(redis_server: RedisServer) -> None:
    client = connect(redis_server.url)
    group = ScriptGroup(client)
    with pytest.raises(DataError):
        await asyncio.wait_for(group.run([object()], _take()), 10)  # pyright: ignore[reportArgumentType]  it is wrong
    await client.aclose()
