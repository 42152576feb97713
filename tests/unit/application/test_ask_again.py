import asyncio

import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.ask_again import ask_again
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

POLICY = RetryPolicy(max_attempts=3, deadline_seconds=60, first_delay_seconds=1)


class Service:
    """Fails with each of `errors`, then answers."""

    def __init__(self, *errors: TextNLPError) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def ask(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def away(**facts: float) -> TextNLPError:
    return TextNLPError("away", kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(**facts))  # pyright: ignore[reportArgumentType]


async def asked(service: Service, *, seconds: float = 60) -> str:
    clock = ManualClock()
    task = asyncio.create_task(ask_again(service.ask, policy=POLICY, clock=clock))
    await clock.advance(seconds)
    assert task.done()
    return await task


async def test_what_fails_for_a_moment_is_asked_again() -> None:
    service = Service(away(), away())
    assert await asked(service) == "answer"
    assert service.calls == 3


async def test_the_error_stands_after_the_last_attempt_and_counts_them() -> None:
    service = Service(away(), away(), away(), away())
    with pytest.raises(TextNLPError) as caught:
        await asked(service)
    assert (service.calls, caught.value.facts.attempts) == (3, 3)


@pytest.mark.parametrize("kind", [ErrorKind.BAD_RESPONSE, ErrorKind.INVALID_INPUT])
async def test_what_would_be_the_same_again_is_not_asked_again(kind: ErrorKind) -> None:
    service = Service(TextNLPError("no", kind=kind))
    with pytest.raises(TextNLPError, match="no"):
        await asked(service, seconds=0)
    assert service.calls == 1


async def test_the_wait_that_is_asked_for_is_kept_and_one_beyond_the_deadline_is_not_begun() -> None:
    clock = ManualClock()
    service = Service(away(retry_after_seconds=20))
    task = asyncio.create_task(ask_again(service.ask, policy=POLICY, clock=clock))
    await clock.advance(19)
    assert service.calls == 1
    await clock.advance(3)
    assert await task == "answer"

    with pytest.raises(TextNLPError):
        await asked(Service(away(retry_after_seconds=3_600)), seconds=0)
