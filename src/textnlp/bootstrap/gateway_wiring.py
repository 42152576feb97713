"""The wiring of the gateway.

Apart from `bootstrap.gateway`, because what it imports takes a fifth of a second, which a run without callers saves.
"""

import asyncio
import contextlib

from textnlp.adapters.database.client_registry import PostgresClientRegistry
from textnlp.adapters.database.idempotency_store import PostgresIdempotencyStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.session_store import PostgresSessionStore
from textnlp.adapters.database.sign_in_store import PostgresSignInStore
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.adapters.identity.either import KeyOrTokenAuthenticator
from textnlp.adapters.identity.jwks_source import JwksSource
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.standing_authenticator import StandingAuthenticator
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.limits.fallback import FallbackCallLimiter
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.application.limit_guesses import GuessLimit
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.gateway import Gateway
from textnlp.bootstrap.local_identity import LOCAL_ISSUER, local_issuer
from textnlp.bootstrap.metering import observe_usage
from textnlp.bootstrap.sign_in_wiring import outside_issuer
from textnlp.bootstrap.telemetry import Telemetry
from textnlp.domain.identity.claims import TokenRules
from textnlp.domain.usage.price import PriceTable
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.sign_in_store import SignInStore
from textnlp.settings import ServiceAuthentication, Settings
from textnlp.topology.metrics import CALL_LIMITS_LOCAL

_GATHER_SECONDS = 0.02
"""A settlement is waited for by nobody; fifty groups a second keep the database free for others."""


async def open_gateway(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: PostgresDatabase,
    *,
    prices: PriceTable,
    telemetry: Telemetry,
    tokens: AccessTokens | None = None,
) -> Gateway:
    """Wire the gateway; whatever it opens is closed with `stack`."""
    clients = PostgresClientRegistry(database)
    sign_ins = PostgresSignInStore(database)
    issuer = await asyncio.to_thread(local_issuer, settings)
    limiter = await _limiter(stack, settings, telemetry, tokens)
    stack.push_async_callback(limiter.aclose)
    usage = PostgresUsageLedger(database)
    recorder = UsageRecorder(usage, clock=SYSTEM_CLOCK, gather_seconds=_GATHER_SECONDS)
    stack.push_async_callback(recorder.aclose)
    observe_usage(telemetry.meter, recorder)
    idempotency = PostgresIdempotencyStore(database)
    answers = AnswerKeeper(idempotency, clock=SYSTEM_CLOCK)
    stack.push_async_callback(answers.aclose)
    return Gateway(
        authenticator=_authenticator(stack, settings, (clients, sign_ins), issuer) if settings.authentication else None,
        issuer=issuer,
        clients=clients,
        sign_ins=sign_ins,
        sessions=PostgresSessionStore(database),
        guesses=GuessLimit(clock=SYSTEM_CLOCK),
        limiter=limiter,
        usage=usage,
        recorder=recorder,
        prices=prices,
        idempotency=idempotency,
        answers=answers,
        outside_issuer=outside_issuer(stack, settings, tokens) if settings.authentication else None,
        public_url=settings.public_url and settings.public_url.rstrip("/"),
    )


def _authenticator(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    registers: tuple[ClientRegistry, SignInStore],
    issuer: LocalIssuer,
) -> Authenticator:
    own = SigningKeys(issuer.fetch_keys, issuer=LOCAL_ISSUER, clock=SYSTEM_CLOCK)
    clients, sign_ins = registers
    own_tokens = TokenAuthenticator(rules=issuer.rules, keys=own, clock=SYSTEM_CLOCK)
    tokens: list[TokenAuthenticator | StandingAuthenticator] = [
        StandingAuthenticator(own_tokens, clients=clients, sign_ins=sign_ins, clock=SYSTEM_CLOCK)
    ]
    if settings.issuer:
        client_ids = tuple(each.strip() for each in settings.client_ids.split(",") if each.strip())
        keys = SigningKeys(JwksSource(settings.issuer).fetch, issuer=settings.issuer, clock=SYSTEM_CLOCK)
        rules = TokenRules(issuer=settings.issuer, client_ids=client_ids)
        tokens.append(TokenAuthenticator(rules=rules, keys=keys, clock=SYSTEM_CLOCK))
    for each in tokens:
        stack.push_async_callback(each.aclose)
    return KeyOrTokenAuthenticator(keys=KeyAuthenticator(clients, clock=SYSTEM_CLOCK), tokens=tokens)


async def _limiter(
    stack: contextlib.AsyncExitStack, settings: Settings, telemetry: Telemetry, lent: AccessTokens | None
) -> CallLimiter:
    local = MemoryCallLimiter(clock=SYSTEM_CLOCK)
    if settings.redis_url is None:
        telemetry.meter.observe(CALL_LIMITS_LOCAL, read=lambda: [((), 0)])
        return local
    from textnlp.adapters.limits.redis import RedisCallLimiter, connect  # noqa: PLC0415  a quarter of a second

    signs_in = settings.redis_authentication is ServiceAuthentication.ENTRA
    tokens = await stack.enter_async_context(contextlib.aclosing(access_tokens(lent))) if signs_in else None
    client = connect(settings.redis_url, tokens=tokens, clock=SYSTEM_CLOCK)
    limiter = FallbackCallLimiter(telemetry.limiter(RedisCallLimiter(client)), local, clock=SYSTEM_CLOCK)
    telemetry.meter.observe(CALL_LIMITS_LOCAL, read=lambda: [((), float(limiter.is_degraded))])
    return limiter
