from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.oidc_issuer import CLIENT_ID, CLIENT_SECRET, OidcIssuer, running_oidc_issuer
from tests.factories.sign_ins import VERIFIER, challenge_of
from tests.factories.signed_tokens import claims_at, rsa_key, signed
from textnlp.adapters.identity.jwks_source import JwksSource
from textnlp.adapters.identity.oidc_sign_in import OidcClient, OidcSignIn
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.session import GrantedTokens

CALLBACK = "https://text.example.org/console/signed-in"


@pytest.fixture
async def issuer() -> AsyncGenerator[OidcIssuer]:
    async with running_oidc_issuer() as made:
        yield made


async def secret() -> str:
    return CLIENT_SECRET


def sign_in_at(issuer: OidcIssuer, *, clock: ManualClock | None = None, is_public: bool = False) -> OidcSignIn:
    clock = clock or ManualClock(now=datetime.now(UTC))
    keys = SigningKeys(JwksSource(issuer.url).fetch, issuer=issuer.url, clock=clock)
    client = OidcClient(
        issuer=issuer.url,
        client_id=CLIENT_ID,
        scope="openid offline_access api://textnlp/.default",
        secret=None if is_public else secret,
    )
    return OidcSignIn(client, keys=keys, clock=clock)


async def code_from(sign_in: OidcSignIn, *, nonce: str = "n-1") -> str:
    """Go to the issuer as a browser does, and return the code that comes back."""
    address = await sign_in.address(redirect_uri=CALLBACK, state="s-1", nonce=nonce, challenge=challenge_of(VERIFIER))
    async with aiohttp.ClientSession() as session, session.get(address, allow_redirects=False) as answer:
        fields = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert fields["state"] == ["s-1"]
    return fields["code"][0]


async def redeemed(sign_in: OidcSignIn, **changes: str) -> GrantedTokens:
    given = {"redirect_uri": CALLBACK, "verifier": VERIFIER, "nonce": "n-1"} | changes
    code = await code_from(sign_in)
    return await sign_in.redeem(
        code, redirect_uri=given["redirect_uri"], verifier=given["verifier"], nonce=given["nonce"]
    )


async def failure(sign_in: OidcSignIn, **changes: str) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await redeemed(sign_in, **changes)
    assert CLIENT_SECRET not in caught.value.full_text
    return caught.value


@pytest.mark.parametrize("methods", [None, ["client_secret_basic"], ["client_secret_post"]])
async def test_a_code_gives_tokens_that_can_be_renewed_and_revoked(
    issuer: OidcIssuer, methods: list[str] | None
) -> None:
    if methods:
        issuer.described["token_endpoint_auth_methods_supported"] = methods
    sign_in = sign_in_at(issuer)
    tokens = await redeemed(sign_in)
    assert (tokens.refresh_token, tokens.expires_in_seconds) == ("refresh-1", 3600)
    fresh = await sign_in.renew("refresh-1")
    assert fresh.refresh_token == "refresh-2"  # noqa: S105  a marker
    assert fresh.access_token != tokens.access_token
    await sign_in.revoke("refresh-2")
    with pytest.raises(TextNLPError) as caught:
        await sign_in.renew("refresh-2")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert ("client_secret" in issuer.forms[0]) == (methods == ["client_secret_post"])
    await sign_in.aclose()


async def test_a_public_client_shows_no_secret(issuer: OidcIssuer) -> None:
    issuer.has_secret = False
    assert (await redeemed(sign_in_at(issuer, is_public=True))).access_token
    assert issuer.forms[0]["client_id"] == CLIENT_ID
    assert "client_secret" not in issuer.forms[0]


async def test_the_request_is_what_the_issuer_needs(issuer: OidcIssuer) -> None:
    issuer.described["authorization_endpoint"] = f"{issuer.url}/authorize?tenant=t"
    address = await sign_in_at(issuer).address(redirect_uri=CALLBACK, state="s", nonce="n", challenge="c")
    assert address.startswith(f"{issuer.url}/authorize?tenant=t&")
    assert {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()} == {
        "tenant": "t",
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid offline_access api://textnlp/.default",
        "state": "s",
        "nonce": "n",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize("changes", [{"verifier": "w" * 43}, {"redirect_uri": "https://evil.example"}])
async def test_a_code_for_something_else_gives_nothing(issuer: OidcIssuer, changes: dict[str, str]) -> None:
    assert (await failure(sign_in_at(issuer), **changes)).kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "n-2"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}],
)
async def test_an_id_token_of_another_sign_in_is_refused(issuer: OidcIssuer, claims: dict[str, Any]) -> None:
    issuer.id_token |= claims
    assert (await failure(sign_in_at(issuer))).kind is ErrorKind.UNAUTHENTICATED


async def test_an_id_token_that_is_missing_or_not_the_issuers_is_refused(issuer: OidcIssuer) -> None:
    forged = signed(claims_at(9e9, aud=CLIENT_ID, nonce="n-1", iss=issuer.url), rsa_key("foreign"), kid="issuer")
    for token in (None, forged, "x.y.z", ""):
        issuer.answer["id_token"] = token
        assert (await failure(sign_in_at(issuer))).kind is ErrorKind.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("issuer_named", "is_supported", "is_taken"),
    [("own", True, True), ("own", False, True), (None, False, True), (None, True, False), ("foreign", False, False)],
)
async def test_an_answer_must_be_the_issuers(
    issuer: OidcIssuer, issuer_named: str | None, *, is_supported: bool, is_taken: bool
) -> None:
    issuer.described["authorization_response_iss_parameter_supported"] = is_supported
    named = issuer.url if issuer_named == "own" else issuer_named
    sign_in = sign_in_at(issuer)
    if is_taken:
        await sign_in.require_answer_of_own(named)
    else:
        with pytest.raises(TextNLPError) as caught:
            await sign_in.require_answer_of_own(named)
        assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize(("status", "error"), [(401, "invalid_client"), (500, "x"), (302, "x"), (400, "<b>")])
async def test_what_is_not_the_persons_fault_ends_no_session(issuer: OidcIssuer, status: int, error: str) -> None:
    issuer.status, issuer.error = status, error
    with pytest.raises(TextNLPError) as caught:
        await sign_in_at(issuer).renew("refresh-1")
    assert caught.value.kind is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"revocation_endpoint": "ftp://evil.example"},
        {"token_endpoint": None},
    ],
)
async def test_a_description_that_leads_elsewhere_is_refused(issuer: OidcIssuer, described: dict[str, Any]) -> None:
    issuer.described |= described
    with pytest.raises(TextNLPError) as caught:
        await sign_in_at(issuer).address(redirect_uri=CALLBACK, state="s", nonce="n", challenge="c")
    assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_the_description_is_read_once_an_hour_and_kept_through_outages(issuer: OidcIssuer) -> None:
    clock = ManualClock(now=datetime.now(UTC))
    sign_in = sign_in_at(issuer, clock=clock)
    for _ in range(3):
        await code_from(sign_in)
    assert issuer.described_count == 1
    await clock.advance(3600)
    issuer.described["token_endpoint"] = None
    await code_from(sign_in)
    assert issuer.described_count == 2


async def test_an_issuer_without_revocation_is_not_asked_for_it(issuer: OidcIssuer) -> None:
    issuer.described["revocation_endpoint"] = None
    await sign_in_at(issuer).revoke("refresh-1")
    assert issuer.forms == []


@pytest.mark.parametrize(("told", "seconds"), [(None, 600), ("300", 300), ("soon", 600), (-5, 0), (10**9, 86_400)])
async def test_how_long_a_token_lasts_is_within_reason(issuer: OidcIssuer, told: Any, seconds: int) -> None:
    issuer.answer["expires_in"] = told
    assert (await redeemed(sign_in_at(issuer))).expires_in_seconds == seconds


async def test_people_are_told_the_issuers_host(issuer: OidcIssuer) -> None:
    assert sign_in_at(issuer).shown_name == "127.0.0.1"
