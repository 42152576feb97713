"""Who may pass: every request to a route that needs a grant is authenticated, authorised and counted here."""

import dataclasses
import math
from functools import lru_cache
from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from textnlp.api.caller import ANYBODY, remember_principal, tokens_used
from textnlp.api.openapi import description_of
from textnlp.api.remote_address import remote_address
from textnlp.application.limit_guesses import GuessLimit
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identity.api_key import KEY_START
from textnlp.domain.identity.principal import Principal, require_grant
from textnlp.domain.limits.decision import LimitDecision
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.clock import Clock
from textnlp.ports.meter import Meter
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import CallLimit
from textnlp.topology.metrics import CALLS_REFUSED

_SCHEME = "bearer"
_TOKENS_EXPECTED = 1
"""Taken before a model is asked, so that a caller whose tokens are used up waits; what it used comes to it after."""

_KEY_HEADERS = frozenset({b"api-key", b"x-api-key"})


class Doorkeeper(ASGIMiddleware):
    """Lets a request through when its caller is known, may do what it asks, and has calls left.

    Credentials come as `Authorization: Bearer …`, or as `api-key`, which clients of Azure OpenAI send. Raises
    `UNAUTHENTICATED`, `FORBIDDEN` naming what is missing, and `RATE_LIMITED` naming the limit and the wait; what is
    left of the tightest limit goes out with every answer as `RateLimit-*`. Routes without a grant are let through.

    Args:
        authenticator: knows callers; None lets everybody in as `ANYBODY`.
        limiter: counts calls.
        meter: counts those that are refused.
        guesses: refuses API keys of addresses that brought too many wrong ones; signatures cannot be guessed.
        call_limits: how much one caller may use, but for callers that carry limits of their own.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        authenticator: Authenticator | None,
        limiter: CallLimiter,
        *,
        clock: Clock,
        meter: Meter,
        guesses: GuessLimit,
        call_limits: tuple[CallLimit, ...] = TOPOLOGY.call_limits,
    ) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._clock = clock
        self._meter = meter
        self._guesses = guesses
        self._call_limits = call_limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise."""
        description = description_of(scope["route_handler"])
        if description.grant is None:
            await next_app(scope, receive, send)
            return
        principal = await self._known(scope)
        require_grant(principal, description.grant)
        remember_principal(scope, principal)
        limits = limits_of(principal.call_limits, self._call_limits)
        expected = _TOKENS_EXPECTED if description.is_generating else 0
        decision = await self._limiter.take(principal.caller, limits, tokens=expected)
        if not decision.is_allowed:
            self._meter.record(CALLS_REFUSED, 1, dimensions=(decision.limit_name,))
            raise _refusal(decision)
        headers = _limit_headers(decision)

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        began_at = self._clock.monotonic()
        try:
            await next_app(scope, receive, send_with_limits)
        finally:
            if expected:
                await self._limiter.settle(
                    principal.caller,
                    limits,
                    tokens=tokens_used(scope) - expected,
                    taken_seconds_ago=self._clock.monotonic() - began_at,
                )

    async def _known(self, scope: Any) -> Principal:
        if self._authenticator is None:
            return ANYBODY
        credential = _credential(scope["headers"])
        if not credential.startswith(KEY_START):
            return await self._authenticator.authenticate(credential)
        return await self._guesses.guard(remote_address(scope), credential, self._authenticator.authenticate)


@lru_cache(maxsize=1024)
def limits_of(own: tuple[tuple[str, int], ...], call_limits: tuple[CallLimit, ...]) -> tuple[CallLimit, ...]:
    """Return the limits of a caller: those of everybody, with the caller's `own` numbers where it has some."""
    numbers = dict(own)
    return tuple(dataclasses.replace(limit, allowed=numbers.get(limit.name, limit.allowed)) for limit in call_limits)


def _credential(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"authorization":
            scheme, _, credential = value.decode("latin-1").partition(" ")
            if scheme.lower() != _SCHEME or not credential.strip():
                raise _unauthenticated("The Authorization header does not hold a bearer token.")
            return credential.strip()
        if name in _KEY_HEADERS:
            return value.decode("latin-1").strip()
    raise _unauthenticated("The request brings no credentials.")


def _unauthenticated(message: str) -> TextNLPError:
    hint = "Send `Authorization: Bearer` with a token of `textnlp token` or a key of `textnlp client create`."
    return TextNLPError(message, kind=ErrorKind.UNAUTHENTICATED, facts=ErrorFacts(hint=hint))


def _refusal(decision: LimitDecision) -> TextNLPError:
    return TextNLPError(
        f"The limit '{decision.limit_name}' of {decision.allowed:,} is used up.",
        kind=ErrorKind.RATE_LIMITED,
        facts=ErrorFacts(
            hint=f"Wait {math.ceil(decision.retry_after_seconds or 0)} seconds.",
            limit_name=decision.limit_name,
            retry_after_seconds=decision.retry_after_seconds,
        ),
    )


def _limit_headers(decision: LimitDecision) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-limit", str(decision.allowed).encode()),
        (b"ratelimit-remaining", str(decision.remaining).encode()),
        (b"ratelimit-reset", str(math.ceil(decision.reset_seconds)).encode()),
    ]
