"""One script run for many callers, over one connection."""

import asyncio
from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from textnlp.adapters.limits.redis_script import SCRIPT, SCRIPT_SHA

_MOST_TOGETHER = 128


class _Run:
    """One run of the script that somebody waits for."""

    __slots__ = ("answer", "arguments", "keys")

    def __init__(self, keys: Sequence[str], arguments: Sequence[str | int], answer: asyncio.Future[list[int]]) -> None:
        self.keys = keys
        self.arguments = arguments
        self.answer = answer


class ScriptGroup:
    """Runs the script in Redis, those that are asked for meanwhile together in the next round trip.

    What an asynchronous client does for a round trip costs many times what Redis does for a run, so that calls which
    come at once would otherwise wait for this process, not for Redis. Each is still a script of its own: grouping
    makes nothing atomic that is not, and one that fails fails alone. A run whose caller has given up before it was
    sent is not sent. Works within one event loop.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._waiting: list[_Run] = []
        self._sender: asyncio.Task[None] | None = None

    async def run(self, keys: Sequence[str], arguments: Sequence[str | int]) -> list[int]:
        """Return what the script answers; raises what the client does, a `RedisError` or an `OSError`."""
        run = _Run(keys, arguments, asyncio.get_running_loop().create_future())
        self._waiting.append(run)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send(), name="call limits")
        return await run.answer

    async def aclose(self) -> None:
        """Return when all that was asked for is answered."""
        if self._sender is not None:
            await self._sender

    async def _send(self) -> None:
        while self._waiting:
            group = [run for run in self._waiting[:_MOST_TOGETHER] if not run.answer.done()]
            del self._waiting[:_MOST_TOGETHER]
            try:
                answers = await self._run_together(group)
            except Exception as exc:  # noqa: BLE001  who waits is told, whatever it is
                answers = [exc] * len(group)
            for run, answer in zip(group, answers, strict=True):
                if run.answer.done():
                    continue
                if isinstance(answer, Exception):
                    run.answer.set_exception(answer)
                else:
                    run.answer.set_result(answer)

    async def _run_together(self, group: Sequence[_Run]) -> list[list[int] | Exception]:
        answers = await self._ask(group)
        unknown = [number for number, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            await self._client.script_load(SCRIPT)
            again = await self._ask([group[number] for number in unknown])
            for number, answer in zip(unknown, again, strict=True):
                answers[number] = answer
        return answers

    async def _ask(self, group: Sequence[_Run]) -> list[list[int] | Exception]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for run in group:
                pipeline.evalsha(SCRIPT_SHA, len(run.keys), *run.keys, *run.arguments)
            return cast("list[list[int] | Exception]", await pipeline.execute(raise_on_error=False))
