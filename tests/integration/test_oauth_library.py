"""Authlib's client, against the platform served twice on one database, as a native program would use it."""

import asyncio
import contextlib
import dataclasses
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.database.client_registry import PostgresClientRegistry
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.sign_in_store import PostgresSignInStore
from textnlp.adapters.identity.either import KeyOrTokenAuthenticator
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.standing_authenticator import StandingAuthenticator
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.gateway import Gateway
from textnlp.topology.scopes import READ, WRITE

pytestmark = pytest.mark.postgres

ISSUER = "urn:example:issuer"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
SCOPE = f"openid offline_access {READ}"


@dataclass(frozen=True, slots=True)
class Place:
    """A native program, two addresses of one platform, and where the program takes its codes."""

    url: str
    other_url: str
    sign_ins: PostgresSignInStore
    taken: list[dict[str, str]]
    redirect_uri: str

    def program(self, *, url: str | None = None) -> Any:
        """Return a client that has no secret."""
        return AsyncOAuth2Client(
            client_id="textnlp-native",
            redirect_uri=self.redirect_uri,
            scope=SCOPE,
            code_challenge_method="S256",
            token_endpoint=f"{url or self.url}/identity/token",
            token_endpoint_auth_method="none",  # noqa: S106  it has none
        )

    async def signed_in(self, program: Any) -> tuple[str, str]:
        """Sign a person in by hand, as a browser would; return state and what came back to the program."""
        address, state = program.create_authorization_url(
            f"{self.url}/identity/authorize", code_verifier=VERIFIER, nonce="n-1"
        )
        async with httpx.AsyncClient(follow_redirects=True) as browser:
            page = await browser.get(address)
            hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
            form = {name: unescape(value) for name, value in hidden}
            code = await make_login_code(self.sign_ins, [READ, WRITE], clock=CLOCK)
            answers = {**form, "answer": "allow", "credential": code}
            landed = await browser.post(f"{self.url}/identity/authorize", data=answers)
        assert landed.text == "You may close this page."
        return state, str(landed.url)


@contextlib.asynccontextmanager
async def listening(taken: list[dict[str, str]]) -> AsyncGenerator[str]:
    """Listen on a free port of this machine for codes, as RFC 8252 has it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        taken.append({name: value for name, (value,) in parse_qs(urlsplit(target).query).items()})
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 24\r\nconnection: close\r\n\r\nYou may close this page.")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"


def gateway_on(database: PostgresDatabase, issuer: LocalIssuer) -> Gateway:
    clients, sign_ins = PostgresClientRegistry(database), PostgresSignInStore(database)
    tokens = TokenAuthenticator(
        rules=issuer.rules, keys=SigningKeys(issuer.fetch_keys, issuer=ISSUER, clock=CLOCK), clock=CLOCK
    )
    own = StandingAuthenticator(tokens, clients=clients, sign_ins=sign_ins, clock=CLOCK)
    authenticator = KeyOrTokenAuthenticator(keys=KeyAuthenticator(clients, clock=CLOCK), tokens=[own])
    return dataclasses.replace(memory_gateway(authenticator), issuer=issuer, clients=clients, sign_ins=sign_ins)


@contextlib.asynccontextmanager
async def served(gateway: Gateway) -> AsyncGenerator[str]:
    platform = memory_platform(gateway=gateway)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with serve_app(create_app(platform, intake=intake), port=0, is_authenticated=True) as serving:
        yield serving.url
    await platform.engines.aclose()


@pytest.fixture
async def place(database: PostgresDatabase, tmp_path: Any) -> AsyncGenerator[Place]:
    issuer = LocalIssuer(open_issuer_key(tmp_path), issuer=ISSUER, clock=CLOCK)
    taken: list[dict[str, str]] = []
    async with (
        served(gateway_on(database, issuer)) as url,
        served(gateway_on(database, issuer)) as other,
        listening(taken) as redirect_uri,
    ):
        yield Place(url, other, PostgresSignInStore(database), taken, redirect_uri)


async def is_let_in(url: str, token: str) -> bool:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        return (await client.get(f"{url}/api/v1/batches")).status_code == 200


async def test_a_native_program_signs_a_person_in_refreshes_and_is_revoked(place: Place) -> None:
    async with place.program() as program, place.program(url=place.other_url) as elsewhere:
        state, landed = await place.signed_in(program)
        assert place.taken[-1]["iss"] == ISSUER
        token = await program.fetch_token(authorization_response=landed, state=state, code_verifier=VERIFIER)
        assert set(token["scope"].split()) == set(SCOPE.split())
        async with httpx.AsyncClient() as client:
            keys = KeySet.import_key_set((await client.get(f"{place.url}/identity/jwks")).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, "textnlp-native", "n-1")
        fresh = await elsewhere.refresh_token(
            elsewhere.metadata["token_endpoint"], refresh_token=token["refresh_token"]
        )
        assert await is_let_in(place.url, fresh["access_token"])
        revoked = await program.revoke_token(f"{place.url}/identity/revoke", token=fresh["refresh_token"])
        assert revoked.status_code == 200
        with pytest.raises(OAuthError, match="invalid_grant"):
            await elsewhere.refresh_token(elsewhere.metadata["token_endpoint"], refresh_token=fresh["refresh_token"])
        assert not await is_let_in(place.other_url, fresh["access_token"])


async def test_a_code_that_was_stolen_is_worth_nothing_and_takes_the_tokens_with_it(place: Place) -> None:
    async with place.program() as program, place.program(url=place.other_url) as thief:
        state, landed = await place.signed_in(program)
        token = await program.fetch_token(authorization_response=landed, state=state, code_verifier=VERIFIER)
        with pytest.raises(OAuthError, match="invalid_grant"):
            await thief.fetch_token(authorization_response=landed, state=state, code_verifier=VERIFIER)
        assert not await is_let_in(place.other_url, token["access_token"])


async def test_of_two_processes_with_one_refresh_token_at_most_one_gets_the_next_and_it_is_worth_nothing(
    place: Place,
) -> None:
    async with place.program() as program, place.program(url=place.other_url) as elsewhere:
        state, landed = await place.signed_in(program)
        token = await program.fetch_token(authorization_response=landed, state=state, code_verifier=VERIFIER)
        outcomes = await asyncio.gather(
            *(
                each.refresh_token(each.metadata["token_endpoint"], refresh_token=token["refresh_token"])
                for each in (program, elsewhere)
            ),
            return_exceptions=True,
        )
        given = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert len(given) <= 1
        assert all(isinstance(outcome, OAuthError) for outcome in outcomes if outcome not in given)
        for each in [token, *given]:
            assert not await is_let_in(place.other_url, each["access_token"])
