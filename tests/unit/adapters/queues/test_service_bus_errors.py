from collections.abc import Awaitable, Callable

import pytest
from azure.servicebus import exceptions as sb

from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.service_bus_errors import BackOff, LockLostError, attempted, translated
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_QUICK = BackOff(attempts=3, first_seconds=0, busy_seconds=0)


def wrapped(kind: ErrorKind) -> sb.ServiceBusError:
    """Return what the library makes of an error of the credential, whose own text says what to do."""
    cause = TextNLPError("No identity.", kind=kind, facts=ErrorFacts(hint="Run az login."))
    return sb.ServiceBusError(f"Handler failed: {cause}.", error=cause)


@pytest.mark.parametrize(
    ("error", "kind", "is_passing"),
    [
        (sb.MessagingEntityNotFoundError(), ErrorKind.NOT_FOUND, False),
        (sb.MessageSizeExceededError(), ErrorKind.TOO_LARGE, False),
        (sb.ServiceBusAuthenticationError(), ErrorKind.FORBIDDEN, True),
        (sb.ServiceBusAuthorizationError(), ErrorKind.FORBIDDEN, True),
        (sb.ServiceBusQuotaExceededError(), ErrorKind.UNAVAILABLE, False),
        (sb.ServiceBusServerBusyError(), ErrorKind.UNAVAILABLE, True),
        (sb.OperationTimeoutError(), ErrorKind.UNAVAILABLE, True),
        (wrapped(ErrorKind.UNAUTHENTICATED), ErrorKind.UNAVAILABLE, False),
        (wrapped(ErrorKind.UNAVAILABLE), ErrorKind.UNAVAILABLE, True),
        (TimeoutError(), ErrorKind.UNAVAILABLE, True),
    ],
)
def test_each_error_has_a_kind_and_is_tried_again_only_where_it_may_pass(
    error: Exception, kind: ErrorKind, *, is_passing: bool
) -> None:
    told, passing = translated(error, what="entity 'orders'")

    assert isinstance(told, TextNLPError)
    assert (told.kind, passing) == (kind, is_passing)


def failing(*errors: Exception) -> Callable[[], Awaitable[str]]:
    left = list(errors)

    async def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def test_what_a_token_could_not_be_had_for_is_told_as_it_was() -> None:
    told, _ = translated(wrapped(ErrorKind.UNAUTHENTICATED), what="entity 'orders'", attempts=2)

    assert isinstance(told, TextNLPError)
    assert (told.message, told.facts.hint, told.facts.attempts) == ("No identity.", "Run az login.", 2)


async def test_a_call_is_made_again_until_it_works() -> None:
    call = failing(sb.ServiceBusServerBusyError(), sb.ServiceBusConnectionError())

    assert await attempted(call, what="entity 'orders'", clock=ManualClock(), back_off=_QUICK) == "done"


async def test_a_call_is_given_up_after_the_last_attempt() -> None:
    call = failing(*[sb.ServiceBusConnectionError()] * 3)

    with pytest.raises(TextNLPError, match="cannot be reached") as caught:
        await attempted(call, what="entity 'orders'", clock=ManualClock(), back_off=_QUICK)
    assert caught.value.facts.attempts == 3


async def test_what_cannot_pass_is_raised_at_once() -> None:
    with pytest.raises(LockLostError):
        await attempted(
            failing(sb.MessageLockLostError()), what="entity 'orders'", clock=ManualClock(), back_off=_QUICK
        )
    with pytest.raises(TextNLPError) as caught:
        await attempted(
            failing(sb.MessagingEntityNotFoundError()), what="entity 'orders'", clock=ManualClock(), back_off=_QUICK
        )
    assert caught.value.facts.attempts == 1


async def test_a_busy_server_is_left_alone_for_as_long_as_it_asks() -> None:
    back_off = BackOff(attempts=2, first_seconds=0.1, busy_seconds=10)
    waits: list[float] = []

    class Noting(ManualClock):
        async def sleep(self, seconds: float) -> None:
            waits.append(seconds)

    clock = Noting()
    await attempted(failing(sb.ServiceBusServerBusyError()), what="x", clock=clock, back_off=back_off)
    await attempted(failing(sb.ServiceBusConnectionError()), what="x", clock=clock, back_off=back_off)

    assert waits[0] == 10
    assert 0.05 <= waits[1] <= 0.1


def test_the_whole_wait_is_bounded() -> None:
    assert BackOff(attempts=3, first_seconds=1, busy_seconds=10, call_seconds=5).most_seconds == 35
