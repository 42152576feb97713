"""A call that is made again where that may help."""

import dataclasses
import random
from collections.abc import Awaitable, Callable
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
