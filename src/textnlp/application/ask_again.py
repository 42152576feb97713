"""A call that is made again where that may help."""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_Answer = TypeVar("_Answer")


async def ask_again(ask: Callable[[], Awaitable[_Answer]], *, policy: RetryPolicy, clock: Clock) -> _Answer:
    """Return what `ask` returns, which is called again after `policy`'s waits; every failed call counts as a failure.

    An answer that makes no sense (`BAD_RESPONSE`) stands: it would be the same again. The error that is raised in the
    end carries the number of calls.
    """
    began_at = clock.monotonic()
    calls = 0
    while True:
        try:
            return await ask()
        except TextNLPError as error:
            calls += 1
            wait = policy.delay(
                error,
                failures=calls,
                calls=calls,
                elapsed_seconds=clock.monotonic() - began_at,
                jitter=random.random(),  # noqa: S311  spreads retries, guards nothing
            )
            if wait is None or error.kind is ErrorKind.BAD_RESPONSE:
                facts = dataclasses.replace(error.facts, attempts=calls)
                raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
        await clock.sleep(wait)


async def ask_all(
    asks: Sequence[Callable[[], Awaitable[_Answer]]], *, most: int, policy: RetryPolicy, clock: Clock
) -> list[_Answer]:
    """Return what each of `asks` returns, in their order, `most` of them on their way at a time, as `ask_again` has it.

    Nothing is asked any more after the first error, which is raised when all have ended.
    """
    turn = asyncio.Semaphore(most)

    async def asked(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        async with turn:
            return await ask_again(ask, policy=policy, clock=clock)

    tasks = [asyncio.create_task(asked(ask)) for ask in asks]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
