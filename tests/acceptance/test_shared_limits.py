"""Two API processes that count calls together in Redis, and each for itself when Redis is gone."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.test_up import running
from tests.doubles.openai_server import OpenAIStub
from tests.doubles.redis_server import RedisServer, running_redis
from textnlp.topology.limits import CALL_LIMITS, RATE_LIMIT

pytestmark = pytest.mark.postgres

_ALLOWED = next(limit.allowed for limit in CALL_LIMITS if limit.name == RATE_LIMIT)
_AT_ONCE = 40


class _Pair:
    """Two processes of the platform on one database, and a caller that both know."""

    def __init__(self, urls: list[str], session: aiohttp.ClientSession) -> None:
        self.urls = urls
        self._session = session
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def call(self, number: int) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Make a call to one of the two, in turn."""
        url = self.urls[number % 2] + "/api/v1/batches?limit=1"
        async with self._turns, self._session.get(url) as response:
            return response.status, await response.json(content_type=None), dict(response.headers)

    async def unready(self, url: str) -> set[str]:
        """Return the parts that a process says are not ready."""
        async with self._session.get(url + "/ready") as response:
            parts = (await response.json(content_type=None))["parts"]
        return {part["name"] for part in parts if not part["is_ready"]}


@contextlib.asynccontextmanager
async def _pair(redis: RedisServer, database_url: str, folder: Path) -> AsyncGenerator[_Pair]:
    shared = {"REDIS_URL": redis.url, "DATABASE_URL": database_url}
    first, second = (CommandLine(folder / name, more=shared) for name in ("first", "second"))
    async with contextlib.AsyncExitStack() as stack:
        stub = await stack.enter_async_context(OpenAIStub())
        one = await stack.enter_async_context(running(first, stub))
        two = await stack.enter_async_context(running(second, stub))
        created = (await first.run("client", "create", "caller", "--json")).json()
        headers = {"Authorization": f"Bearer {created['api_key']}"}
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        yield _Pair([one.url, two.url], session)


async def test_two_processes_let_one_caller_through_as_often_as_one_and_go_on_without_redis(
    database_url: str, tmp_path: Path
) -> None:
    with running_redis() as redis:
        async with _pair(redis, database_url, tmp_path) as pair:
            answers = await asyncio.gather(*(pair.call(number) for number in range(_ALLOWED + 100)))
            assert Counter(status for status, _, _ in answers) == {200: _ALLOWED, 429: 100}
            status, problem, headers = await pair.call(1)
            assert (status, problem["limit_name"]) == (429, RATE_LIMIT)
            assert 0 < int(headers["Retry-After"]) <= 61
            assert not await pair.unready(pair.urls[0])
            redis.kill()
            statuses = {(await pair.call(number))[0] for number in range(20)}
            assert statuses <= {200, 429}, "the service goes on, counting for itself"
            assert [await pair.unready(url) for url in pair.urls] == [{"limits"}] * 2
