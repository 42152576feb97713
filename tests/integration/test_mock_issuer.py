"""Tokens of an issuer that is not ours: oauth2-mock-server, over HTTP."""

import contextlib
import hmac
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from joserfc.jwk import RSAKey

from tests.doubles.clock import ManualClock
from tests.doubles.mock_issuer import MockIssuer, running_issuer
from tests.factories.memory_platform import memory_platform
from tests.factories.signed_tokens import forged, rsa_key, signed
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.identity.jwks_source import JwksSource
from textnlp.adapters.identity.signing_keys import REFETCH_SECONDS, STALE_SECONDS, SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.usage.price_file import price_table
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.gateway_wiring import open_gateway
from textnlp.bootstrap.telemetry import NO_TELEMETRY
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.claims import TokenRules
from textnlp.domain.routing.model import ModelCatalog
from textnlp.settings import Settings
from textnlp.topology.scopes import ADMIN, AUDIENCE, READ, READ_ALL, WRITE

CLIENT_ID = "5a1b8f6e-platform"
PERSON = {"aud": AUDIENCE, "sub": "ada", "azp": "notebook", "tid": "contoso", "scp": f"{READ} {WRITE}"}


@pytest.fixture
async def issuer() -> AsyncGenerator[MockIssuer]:
    async with running_issuer() as made:
        yield made


@contextlib.asynccontextmanager
async def served(issuer: MockIssuer, database: PostgresDatabase, folder: Path) -> AsyncGenerator[str]:
    """Serve a platform that is wired with the settings, and yield its address."""
    settings = Settings(data_dir=folder, issuer=issuer.url, client_ids=CLIENT_ID)
    async with contextlib.AsyncExitStack() as stack:
        prices = price_table(free_models=[], catalog=ModelCatalog())
        gateway = await open_gateway(stack, settings, database, telemetry=NO_TELEMETRY, prices=prices)
        platform = memory_platform(gateway=gateway)
        intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
        serving = serve_app(create_app(platform, intake=intake), port=0, is_authenticated=True)
        yield (await stack.enter_async_context(serving)).url


async def called(url: str, token: str, path: str = "/api/v1/batches") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url + path) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.postgres
async def test_tokens_open_what_their_scopes_and_roles_allow(
    issuer: MockIssuer, database: PostgresDatabase, tmp_path: Path
) -> None:
    accepted = [
        PERSON,
        PERSON | {"aud": CLIENT_ID},
        PERSON | {"aud": ["https://graph.microsoft.com", AUDIENCE]},
        {"aud": AUDIENCE, "sub": "worker", "roles": [READ_ALL]},
        {"aud": AUDIENCE, "oid": "worker", "appid": "worker", "roles": [ADMIN]},
    ]
    powerless = [
        PERSON | {"scp": "User.Read"},
        PERSON | {"scp": READ_ALL},
        {"aud": AUDIENCE, "sub": "worker", "roles": [READ]},
        {"aud": AUDIENCE, "sub": "worker", "scope": READ},
    ]
    async with served(issuer, database, tmp_path) as url:
        for claims in accepted:
            assert (await called(url, await issuer.token(**claims)))[0] == 200, claims
        for claims in powerless:
            assert (await called(url, await issuer.token(**claims)))[0] == 403, claims


@pytest.mark.postgres
async def test_what_was_not_meant_for_us_or_not_signed_by_the_issuer_is_refused(
    issuer: MockIssuer, database: PostgresDatabase, tmp_path: Path
) -> None:
    now = time.time()
    claims: dict[str, Any] = {**PERSON, "iss": issuer.url, "exp": now + 3600}
    async with aiohttp.ClientSession() as session, session.get(f"{issuer.url}/jwks") as answer:
        (document,) = (await answer.json())["keys"]
    public = RSAKey.import_key(document).as_pem(private=False)
    refused = {
        "audience": await issuer.token(**{**PERSON, "aud": "https://graph.microsoft.com"}),
        "nobody's": await issuer.token(sub="ada", scp=READ),
        "expired": await issuer.token(**PERSON, exp=int(now) - 61),
        "early": await issuer.token(**PERSON, nbf=int(now) + 3600),
        "another issuer": await issuer.token(**PERSON, iss="https://issuer.example"),
        "unsigned": forged({"alg": "none", "kid": "key-1"}, claims),
        "symmetric": signed_with_public_key(claims, public),
        "another key": signed(claims, rsa_key("key-1")),
        "unknown key": signed(claims, rsa_key("key-2")),
        "cut": (await issuer.token(**PERSON))[:-4],
    }
    async with served(issuer, database, tmp_path) as url:
        assert (await called(url, await issuer.token(**PERSON)))[0] == 200
        for name, token in refused.items():
            status, problem = await called(url, token)
            assert (status, problem["code"]) == (401, "unauthenticated"), name
            assert token not in str(problem)


def signed_with_public_key(claims: dict[str, Any], public: bytes) -> str:
    """Use a public key as a secret, which fools whoever takes the algorithm from the token (RFC 8725, section 2.1)."""
    header = {"alg": "HS256", "kid": "key-1"}
    signing_input = forged(header, claims).removesuffix(".").encode()
    return forged(header, claims, hmac.digest(public, signing_input, "sha256"))


class Verifier:
    """Verifies the issuer's tokens by a clock that the test moves."""

    def __init__(self, issuer: MockIssuer) -> None:
        self.clock = ManualClock(now=datetime.now(UTC))
        self._keys = SigningKeys(JwksSource(issuer.url).fetch, issuer=issuer.url, clock=self.clock)
        self._tokens = TokenAuthenticator(rules=TokenRules(issuer=issuer.url), keys=self._keys, clock=self.clock)

    async def outcome(self, token: str) -> str:
        """Return who a token proves, or why it proves nobody."""
        try:
            return (await self._tokens.authenticate(token)).subject
        except TextNLPError as error:
            return error.kind.value

    async def settled(self) -> None:
        """Let a fetch that is under way come to its end."""
        if self._keys._fetching is not None:  # pyright: ignore[reportPrivateUsage]  nothing public tells it
            await self._keys._fetching  # pyright: ignore[reportPrivateUsage]

    async def aclose(self) -> None:
        await self._tokens.aclose()


@pytest.fixture
async def verifier(issuer: MockIssuer) -> AsyncGenerator[Verifier]:
    made = Verifier(issuer)
    yield made
    await made.aclose()


async def test_another_key_of_the_issuer_is_followed_and_the_withdrawn_one_forgotten(
    issuer: MockIssuer, verifier: Verifier
) -> None:
    old = await issuer.token(**PERSON)
    assert await verifier.outcome(old) == "ada"
    await issuer.rotate("key-2")
    fresh = await issuer.token(**PERSON)
    assert await verifier.outcome(fresh) == ErrorKind.UNAUTHENTICATED.value
    await verifier.clock.advance(REFETCH_SECONDS)
    assert await verifier.outcome(fresh) == "ada"
    assert await verifier.outcome(old) == ErrorKind.UNAUTHENTICATED.value


async def test_an_issuer_that_is_away_keeps_nobody_out_whose_key_is_known(
    issuer: MockIssuer, verifier: Verifier
) -> None:
    long = int(time.time()) + 10 * int(STALE_SECONDS)
    first, second = await issuer.token(**PERSON, exp=long), await issuer.token(**PERSON | {"sub": "bea"}, exp=long)
    assert await verifier.outcome(first) == "ada"
    await issuer.stop()
    await verifier.clock.advance(STALE_SECONDS)
    assert await verifier.outcome(second) == "bea"
    await verifier.settled()
    assert await verifier.outcome(first) == "ada"


async def test_an_issuer_that_cannot_be_asked_is_no_reason_to_refuse_for_good(
    issuer: MockIssuer, verifier: Verifier
) -> None:
    token = await issuer.token(**PERSON)
    await issuer.stop()
    assert await verifier.outcome(token) == ErrorKind.UNAVAILABLE.value
    await issuer.rotate("key-2")
    await verifier.clock.advance(REFETCH_SECONDS)
    assert await verifier.outcome(await issuer.token(**PERSON)) == "ada"
