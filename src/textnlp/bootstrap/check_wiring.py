"""What makes the operators of checks that ask somebody: a function, a service, a model."""

import asyncio
import dataclasses
from collections.abc import Sequence
from functools import partial

import numpy as np

from textnlp.adapters.row_operators.content_safety import ContentSafetyOperator
from textnlp.adapters.row_operators.content_safety_service import ContentSafetyService, Found
from textnlp.adapters.row_operators.http_operator import HttpOperator
from textnlp.adapters.row_operators.http_service import RETRIES, HttpServices, RowService, ServiceReach
from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.adapters.row_operators.perplexity_operator import PerplexityOperator
from textnlp.adapters.row_operators.python_operator import PythonOperator
from textnlp.adapters.row_operators.service_answer import RowAnswer
from textnlp.adapters.row_operators.token_length_operator import TokenLengthOperator
from textnlp.adapters.webhooks.checked_resolver import CheckedResolver, open_public_socket
from textnlp.application.ask_again import ask_again
from textnlp.bootstrap.asking import Asking
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.content_safety_wiring import content_safety_resource
from textnlp.bootstrap.duplicate_wiring import benchmark_operator
from textnlp.bootstrap.installed_functions import CHECK_FUNCTIONS, find_installed
from textnlp.bootstrap.scorer_wiring import Scorers
from textnlp.bootstrap.secret_wiring import vault_name, vault_of
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.validation.checks import LengthCheck
from textnlp.domain.validation.operator import Operator
from textnlp.domain.validation.operators import AskingCheck, MakeOutside
from textnlp.domain.validation.outside_checks import (
    ContentSafetyCheck,
    DecontaminationCheck,
    HttpCheck,
    PerplexityCheck,
    PythonCheck,
)
from textnlp.domain.validation.service_url import require_service_url
from textnlp.domain.webhooks.target import require_target
from textnlp.ports.text_scorer import Perplexities, TextScorer
from textnlp.ports.token_counter import TokenCounts
from textnlp.settings import Settings, read_secret

_TEXTS_AT_ONCE = 64


class OutsideChecks:
    """Has what checks that ask somebody need; connections are opened by the first that asks, and then kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = LoopThread()
        self._scorers = Scorers(settings)
        self._safety: ContentSafetyService | None = None
        self._services = HttpServices(clock=SYSTEM_CLOCK)
        reach = ServiceReach(resolver=CheckedResolver, open_socket=open_public_socket)
        self._public_services = HttpServices(clock=SYSTEM_CLOCK, reach=reach)

    def maker(self, asking: Asking | None = None) -> MakeOutside:
        """Return what makes operators; it raises `INVALID_INPUT` with its place for a check that cannot be asked."""
        return partial(self._made, asking or Asking())

    def close(self) -> None:
        """Close all connections; blocks until what is being asked has ended."""
        self._loop.close(last=self._close_parts)

    async def aclose(self) -> None:
        """Close without holding up the event loop."""
        await asyncio.to_thread(self.close)

    def _made(self, asking: Asking, check: AskingCheck, field: str) -> Operator:
        try:
            match check:
                case PythonCheck():
                    return _python_operator(check, field)
                case HttpCheck():
                    return self._http_operator(check, asking, field)
                case PerplexityCheck():
                    return self._perplexity_operator(check, asking)
                case LengthCheck():
                    return self._length_operator(check, asking, field)
                case DecontaminationCheck():
                    return _benchmark_operator(check, asking, field)
                case ContentSafetyCheck():
                    return self._content_safety_operator(check, asking, field)
        except TextNLPError as error:
            raise _placed(error, field) from error

    def _perplexity_operator(self, check: PerplexityCheck, asking: Asking) -> Operator:
        scorer = self._scorers.find(check.model, is_confined=asking.is_confined)

        def score(texts: Sequence[str]) -> Perplexities:
            return self._loop.wait_for(_scored(scorer, texts), seconds=asking.look_seconds)

        return PerplexityOperator(check, score)

    def _length_operator(self, check: LengthCheck, asking: Asking, field: str) -> Operator:
        counter = self._scorers.token_counter()

        def count(texts: Sequence[str]) -> TokenCounts:
            return self._loop.wait_for(counter.token_counts(texts), seconds=asking.look_seconds)

        return TokenLengthOperator(check, count, field=field)

    def _http_operator(self, check: HttpCheck, asking: Asking, field: str) -> Operator:
        allows_private = not asking.is_confined or self._settings.allow_private_webhooks
        if asking.is_confined:
            if check.token_env is not None:
                place = f"{field}.token_env"
                raise invalid_input(f"{place}: a server sends none of its secrets to a check's service.", field=place)
            require_target(check.url, allows_private=allows_private)
        else:
            require_service_url(check.url, field=f"{field}.url")
        token = None if check.token_env is None else self._token(check.token_env, field=f"{field}.token_env")
        service = RowService(url=check.url, token=token, timeout_seconds=check.timeout_seconds)
        services = self._services if allows_private else self._public_services

        def ask(bodies: Sequence[tuple[bytes, int]]) -> list[RowAnswer]:
            return self._loop.wait_for(services.ask(service, bodies), seconds=asking.look_seconds)

        return HttpOperator(check, ask)

    def _content_safety_operator(self, check: ContentSafetyCheck, asking: Asking, field: str) -> Operator:
        resource = content_safety_resource(self._settings, field=field)
        if self._safety is None:
            self._safety = ContentSafetyService(resource, clock=SYSTEM_CLOCK)
        service = self._safety

        def ask(texts: Sequence[str]) -> list[Found]:
            return self._loop.wait_for(service.ask(texts, check=check), seconds=asking.look_seconds)

        return ContentSafetyOperator(check, ask)

    def _token(self, named: str, *, field: str) -> str:
        """Return a token as it is when the check is made."""
        try:
            secret = vault_name(named)
            token = read_secret(named) if secret is None else self._loop.wait_for(_read(self._settings, secret))
        except TextNLPError as error:
            hint = error.facts.hint if vault_name(named) else f"Set it to the token: export {named}=…"
            facts = dataclasses.replace(error.facts, field=field, hint=hint)
            raise TextNLPError(f"{field}: {error.message}", kind=error.kind, facts=facts) from error
        if not (token.isascii() and token.isprintable()):
            raise invalid_input(f"{field}: {named} holds a character that no HTTP header can carry.", field=field)
        return token

    async def _close_parts(self) -> None:
        if self._safety is not None:
            await self._safety.aclose()
        for services in (self._services, self._public_services):
            await services.aclose()
        await self._scorers.aclose()


async def _scored(scorer: TextScorer, texts: Sequence[str]) -> Perplexities:
    parts = [
        await ask_again(
            partial(scorer.perplexities, texts[begin : begin + _TEXTS_AT_ONCE]), policy=RETRIES, clock=SYSTEM_CLOCK
        )
        for begin in range(0, len(texts), _TEXTS_AT_ONCE)
    ]
    return np.concatenate(parts)


def _benchmark_operator(check: DecontaminationCheck, asking: Asking, field: str) -> Operator:
    if asking.base is None or asking.is_confined:
        raise invalid_input(f"{field}: files of this machine cannot be named from elsewhere.", field=f"{field}.files")
    return benchmark_operator(check, asking.base)


def _python_operator(check: PythonCheck, field: str) -> Operator:
    try:
        found = find_installed(check.function, group=CHECK_FUNCTIONS)
    except TextNLPError as error:
        place = f"{field}.function"
        raise invalid_input(f"{place}: {error.message}", field=place) from error
    return PythonOperator(check, found.call, version=found.version)


async def _read(settings: Settings, secret: str) -> str:
    return await vault_of(settings, secret).read(secret)


def _placed(error: TextNLPError, field: str) -> TextNLPError:
    """Return an error whose field is a place in the checks."""
    place = error.facts.field
    if place is None or place.startswith(field):
        return error
    facts = dataclasses.replace(error.facts, field=f"{field}.{place}")
    return TextNLPError(f"{field}.{place}: {error.message}", kind=error.kind, facts=facts)
