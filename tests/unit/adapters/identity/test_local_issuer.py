import dataclasses
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import rsa_key
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.signing_keys import SigningKeys, usable_keys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.claims import LIMITS_CLAIM
from textnlp.domain.identity.principal import Principal, grants_of
from textnlp.domain.identity.sign_in import TOKEN_SECONDS, SignIn
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import RATE_LIMIT
from textnlp.topology.scopes import ADMIN, AUDIENCE, READ, READ_ALL, READ_WRITE_ALL, WRITE

ISSUER = "http://127.0.0.1:8000"
CALLER = Principal(
    subject="client_1",
    tenant="contoso",
    caller="client_1",
    grants=frozenset({READ, WRITE}),
    call_limits=((RATE_LIMIT, 5),),
)


def issuer_at(clock: ManualClock) -> LocalIssuer:
    return LocalIssuer(rsa_key("local"), issuer=ISSUER, clock=clock)


def authenticator_of(issuer: LocalIssuer, clock: ManualClock) -> TokenAuthenticator:
    keys = SigningKeys(issuer.fetch_keys, issuer=ISSUER, clock=clock)
    return TokenAuthenticator(rules=issuer.rules, keys=keys, clock=clock)


def test_a_token_says_who_may_do_what_for_how_long() -> None:
    clock = ManualClock()
    token = issuer_at(clock).issue(CALLER)
    read = jws.extract_compact(token.text.encode())
    claims = msgspec.json.decode(read.payload or b"", type=dict[str, object])
    now = int(clock.now().timestamp())
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "sub": "client_1",
        "aud": AUDIENCE,
        "azp": "client_1",
        "tid": "contoso",
        "roles": [READ_ALL, READ_WRITE_ALL],
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        LIMITS_CLAIM: {RATE_LIMIT: 5},
    }
    assert read.headers() == {"typ": "JWT", "alg": "RS256", "kid": rsa_key("local").thumbprint()}
    assert (token.expires_in_seconds, token.scope) == (TOKEN_SECONDS, f"{READ_ALL} {READ_WRITE_ALL}")
    assert token.text not in repr(token)


def test_no_two_tokens_are_the_same() -> None:
    issuer = issuer_at(ManualClock())
    assert issuer.issue(CALLER).text != issuer.issue(CALLER).text


def test_a_token_on_a_persons_behalf_names_scopes_and_its_sign_in() -> None:
    person = dataclasses.replace(CALLER, grants=frozenset({READ, WRITE, ADMIN}), sign_in_id=SignInId("signin_1"))
    issued = issuer_at(ManualClock()).issue(person)
    claims = msgspec.json.decode(jws.extract_compact(issued.text.encode()).payload or b"", type=dict[str, object])
    assert (claims["scp"], claims["roles"], claims["sid"]) == (f"{READ} {WRITE}", [ADMIN], "signin_1")


async def test_an_id_token_says_who_signed_in_where_and_opens_nothing() -> None:
    clock = ManualClock()
    issuer = issuer_at(clock)
    sign_in = SignIn(
        id=SignInId("signin_1"),
        oauth_client="textnlp-native",
        subject="ada",
        tenant="contoso",
        caller="ada",
        grants=frozenset({READ}),
        created_at=clock.now(),
        expires_at=clock.now(),
    )
    text = issuer.issue_id_token(sign_in, nonce="n-1")
    claims = msgspec.json.decode(jws.extract_compact(text.encode()).payload or b"", type=dict[str, object])
    assert (claims["sub"], claims["aud"], claims["nonce"]) == ("ada", "textnlp-native", "n-1")
    with pytest.raises(TextNLPError, match="is meant for 'textnlp-native'"):
        await authenticator_of(issuer, clock).authenticate(text)


@given(
    st.sets(st.sampled_from([permission.value for permission in TOPOLOGY.permissions])),
    st.sampled_from([(), CALLER.call_limits]),
)
async def test_a_token_proves_the_caller_it_was_issued_to(
    permissions: set[str], limits: tuple[tuple[str, int], ...]
) -> None:
    clock = ManualClock()
    issuer = issuer_at(clock)
    caller = Principal(subject="ada", tenant="local", caller="app", grants=grants_of(permissions), call_limits=limits)
    assert await authenticator_of(issuer, clock).authenticate(issuer.issue(caller).text) == caller


def test_the_key_set_holds_the_public_key_alone() -> None:
    (document,) = issuer_at(ManualClock()).jwks()["keys"]
    assert set(document) == {"kty", "n", "e", "kid", "use", "alg"}
    assert list(usable_keys([document])) == [rsa_key("local").thumbprint()]


def test_the_description_names_the_urls_it_is_given() -> None:
    document = issuer_at(ManualClock()).discovery({"token_endpoint": f"{ISSUER}/token", "jwks_uri": f"{ISSUER}/keys"})
    assert (document["issuer"], document["token_endpoint"], document["jwks_uri"]) == (
        ISSUER,
        f"{ISSUER}/token",
        f"{ISSUER}/keys",
    )
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["authorization_response_iss_parameter_supported"] is True


@pytest.mark.parametrize("again", [False, True])
async def test_a_key_in_a_folder_outlives_the_process(tmp_path: Path, *, again: bool) -> None:
    clock = ManualClock()
    first = LocalIssuer(open_issuer_key(tmp_path), issuer=ISSUER, clock=clock)
    second = LocalIssuer(open_issuer_key(tmp_path if again else tmp_path / "other"), issuer=ISSUER, clock=clock)
    assert (first.jwks() == second.jwks()) is again
    assert (tmp_path / "identity" / "signing-key.pem").exists()
