"""What Service Bus refuses, in the platform's terms, and how often it is asked again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """How long and how often a call is tried.

    Attributes:
        attempts: calls at most, the first included.
        first_seconds: wait after the first failure; it doubles from there, with jitter between half and whole.
        busy_seconds: wait at least after the service said that it is busy; Service Bus asks for ten.
        call_seconds: how long one call may take.
    """

    attempts: int = 4
    first_seconds: float = 0.5
    busy_seconds: float = 10.0
    call_seconds: float = 60.0

    @property
    def most_seconds(self) -> float:
        """How long a call takes at most, all attempts and waits included."""
        waits = sum(max(self.busy_seconds, self.first_seconds * 2**n) for n in range(self.attempts - 1))
        return self.attempts * self.call_seconds + waits


class LockLostError(Exception):
    """Raised for settling a message whose lock has ended; the caller knows which message it was."""


async def attempted(call: Callable[[], Awaitable[_T]], *, what: str, clock: Clock, back_off: BackOff) -> _T:
    """Call until it works, for as often as the back-off allows what can pass by itself.

    That is a link that was detached, a connection that was lost, a token that expired while it was in use, a server
    that was busy. Anything else is raised at once: `LockLostError`, or a `TextNLPError` of the kind `NOT_FOUND`,
    `FORBIDDEN`, `TOO_LARGE`, `INVALID_INPUT` or, when the attempts are used up, `UNAVAILABLE`.
    """
    for attempt in range(1, back_off.attempts + 1):
        try:
            async with asyncio.timeout(back_off.call_seconds):
                return await call()
        except Exception as exc:
            if isinstance(exc, TextNLPError | LockLostError):
                raise
            error, is_passing = translated(exc, what=what, attempts=attempt)
            if not is_passing or attempt == back_off.attempts:
                raise error from exc
            await clock.sleep(_wait_seconds(exc, attempt, back_off))
    raise AssertionError


def translated(exc: Exception, *, what: str, attempts: int = 1) -> tuple[Exception, bool]:
    """Return what to raise for an error of the library, and whether the same call may work a moment later.

    What went wrong while a token was fetched is told as it was, though the library wraps it.
    """
    from azure.servicebus import exceptions as sb  # noqa: PLC0415  an extra

    cause: Any = getattr(exc, "inner_exception", None)
    if isinstance(cause, TextNLPError):
        facts = replace(cause.facts, attempts=attempts)
        return TextNLPError(cause.message, kind=ErrorKind.UNAVAILABLE, facts=facts), cause.is_retryable
    if isinstance(exc, sb.MessageLockLostError | sb.SessionLockLostError | sb.MessageAlreadySettled):
        return LockLostError(), False
    refused = (sb.ServiceBusAuthenticationError, sb.ServiceBusAuthorizationError)
    cases: list[tuple[Any, str, ErrorKind, ErrorFacts, bool]] = [
        (sb.MessagingEntityNotFoundError, f"Service Bus has no {what}.", ErrorKind.NOT_FOUND, _DEPLOY, False),
        (sb.MessageSizeExceededError, f"A message to {what} is too large.", ErrorKind.TOO_LARGE, _NO_FACTS, False),
        (refused, f"Service Bus refuses this process at {what}.", ErrorKind.FORBIDDEN, _ROLES, True),
        (sb.ServiceBusQuotaExceededError, f"Service Bus has no room at {what}.", ErrorKind.UNAVAILABLE, _FULL, False),
        (sb.ServiceBusServerBusyError, f"Service Bus is busy at {what}.", ErrorKind.UNAVAILABLE, _BUSY, True),
        (Exception, f"Service Bus cannot be reached at {what}.", ErrorKind.UNAVAILABLE, _NO_FACTS, True),
    ]
    _, message, kind, facts, is_passing = next(case for case in cases if isinstance(exc, case[0]))
    return TextNLPError(message, kind=kind, facts=replace(facts, attempts=attempts)), is_passing


_NO_FACTS = ErrorFacts()
_DEPLOY = ErrorFacts(hint="Deploy the platform's queues and topics to the namespace.")
_ROLES = ErrorFacts(hint="Give its identity the roles Azure Service Bus Data Sender and Data Receiver.")
_FULL = ErrorFacts(hint="Receive or drop messages, or give the entity more room.")
_BUSY = ErrorFacts(retry_after_seconds=10.0)


def _wait_seconds(exc: Exception, attempt: int, back_off: BackOff) -> float:
    from azure.servicebus.exceptions import ServiceBusServerBusyError  # noqa: PLC0415  an extra

    seconds = back_off.first_seconds * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311  jitter
    return max(seconds, back_off.busy_seconds) if isinstance(exc, ServiceBusServerBusyError) else seconds
