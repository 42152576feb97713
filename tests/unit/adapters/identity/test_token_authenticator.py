import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import ISSUER, FakeIssuer, claims_at, ec_key, forged, public, rsa_key, signed
from textnlp.adapters.identity.signed_claims import ALGORITHMS
from textnlp.adapters.identity.signing_keys import REFETCH_SECONDS, STALE_SECONDS, SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.claims import TokenRules
from textnlp.topology.scopes import APPLICATION, READ


class _Door:
    def __init__(self, *keys: Any) -> None:
        self.clock = ManualClock()
        self.issuer = FakeIssuer(*(keys or (rsa_key("a"),)))
        self.keys = SigningKeys(self.issuer.fetch, issuer=ISSUER, clock=self.clock)
        self.authenticator = TokenAuthenticator(rules=TokenRules(issuer=ISSUER), keys=self.keys, clock=self.clock)

    def claims(self, **changes: Any) -> dict[str, Any]:
        return claims_at(self.clock.now().timestamp(), **changes)

    async def subject(self, token: str) -> str:
        return (await self.authenticator.authenticate(token)).subject

    async def refusal(self, token: str) -> str:
        with pytest.raises(TextNLPError) as caught:
            await self.authenticator.authenticate(token)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED
        assert len(token) < 100 or token not in caught.value.full_text
        return caught.value.message


@pytest.fixture
def door() -> _Door:
    return _Door()


async def test_a_signed_token_names_its_caller(door: _Door) -> None:
    principal = await door.authenticator.authenticate(signed(door.claims(azp="app", tid="contoso"), rsa_key("a")))
    assert (principal.subject, principal.caller, principal.tenant) == ("ada", "app", "contoso")
    assert principal.grants == {READ}
    assert door.authenticator.issuer == ISSUER


_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_every_accepted_algorithm_is_verified(algorithm: str) -> None:
    key = ec_key(algorithm, _CURVES[algorithm]) if algorithm in _CURVES else rsa_key("a")
    door = _Door(key)
    assert await door.subject(signed(door.claims(), key, alg=algorithm)) == "ada"


async def test_a_token_of_another_key_under_the_same_name_is_refused(door: _Door) -> None:
    stranger = type(rsa_key("b")).import_key({**rsa_key("b").as_dict(private=True), "kid": "a"})
    assert await door.refusal(signed(door.claims(), stranger)) == "The signature of the token is not valid."


async def test_a_changed_claim_breaks_the_signature(door: _Door) -> None:
    header, _, signature = signed(door.claims(), rsa_key("a")).split(".")
    claims = forged({}, door.claims(sub="root")).split(".")[1]
    assert "signature" in await door.refusal(f"{header}.{claims}.{signature}")


async def test_unsigned_tokens_are_refused_by_name(door: _Door) -> None:
    for algorithm in ("none", "None", "NONE"):
        message = await door.refusal(forged({"alg": algorithm, "kid": "a"}, door.claims()))
        assert f"'{algorithm}'" in message


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused_by_name(door: _Door, algorithm: str) -> None:
    for encoding in ("PEM", "DER"):
        published = rsa_key("a").as_bytes(encoding=encoding, private=False)
        unsigned = forged({"alg": algorithm, "kid": "a"}, door.claims()).rstrip(".")
        mac = hmac.digest(published, unsigned.encode(), f"sha{algorithm[2:]}")
        assert f"'{algorithm}'" in await door.refusal(f"{unsigned}.{forged(0, 0, mac).split('.')[2]}")


async def test_a_symmetric_key_that_an_issuer_publishes_verifies_nothing(door: _Door) -> None:
    secret = OctKey.import_key({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ", "kid": "s"})
    door.issuer.documents.append({**secret.as_dict(), "kid": "s"})
    assert "'HS256'" in await door.refusal(signed(door.claims(), secret, alg="HS256"))


async def test_an_algorithm_that_does_not_fit_the_key_is_refused() -> None:
    door = _Door(rsa_key("a"), ec_key("b"), ec_key("c", "P-384"))
    token = signed(door.claims(), rsa_key("a"), kid="b")
    assert "does not fit" in await door.refusal(token)
    assert "does not fit" in await door.refusal(signed(door.claims(), ec_key("b"), alg="ES256", kid="a"))
    assert "does not fit" in await door.refusal(signed(door.claims(), ec_key("b"), alg="ES256", kid="c"))


async def test_a_key_that_is_published_for_one_algorithm_verifies_no_other(door: _Door) -> None:
    door.issuer.documents = [{**public(rsa_key("a"))[0], "alg": "RS512"}]
    assert "does not fit" in await door.refusal(signed(door.claims(), rsa_key("a")))
    assert await door.subject(signed(door.claims(), rsa_key("a"), alg="RS512")) == "ada"


async def test_a_token_that_names_no_key_or_another_is_refused(door: _Door) -> None:
    assert "'kid'" in await door.refusal(forged({"alg": "RS256"}, door.claims(), b"x"))
    assert "'kid'" in await door.refusal(forged({"alg": "RS256", "kid": 7}, door.claims(), b"x"))
    assert "'elsewhere'" in await door.refusal(signed(door.claims(), rsa_key("a"), kid="elsewhere"))


async def test_a_key_that_comes_with_the_token_is_not_believed(door: _Door) -> None:
    stranger = rsa_key("b")
    header = {"jwk": stranger.as_dict(private=False), "jku": "https://evil.example/keys"}
    token = forged({"alg": "RS256", "kid": "b", **header}, door.claims(), b"x")
    assert await door.refusal(token)
    assert door.issuer.asked <= 1


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": ["b64"], "b64": False}, {"b64": True}])
async def test_demanded_extensions_are_refused(door: _Door, header: dict[str, Any]) -> None:
    assert await door.refusal(forged({"alg": "RS256", "kid": "a", **header}, door.claims(), b"x"))


async def test_every_truncation_of_a_token_is_refused(door: _Door) -> None:
    token = signed(door.claims(), rsa_key("a"))
    for length in range(0, len(token), 7):
        await door.refusal(token[:length])
    await door.refusal(token[:-1])


async def test_signed_content_that_is_no_object_is_refused(door: _Door) -> None:
    for content in (b"", b"[]", b"5", b"\xff", b"[" * 8000, b'{"exp": NaN}'):
        token = jws.serialize_compact({"alg": "RS256", "kid": "a"}, content, rsa_key("a"))
        assert "no claims" in await door.refusal(token)


async def test_a_longer_token_is_refused_unread(door: _Door) -> None:
    assert "longer than" in await door.refusal(signed(door.claims(padding="x" * 16_384), rsa_key("a")))


async def test_a_verified_token_is_believed_without_its_issuer_until_it_expires(door: _Door) -> None:
    token = signed(door.claims(), rsa_key("a"))
    await door.subject(token)
    door.issuer.is_away = True
    await door.clock.advance(3599.0)
    assert await door.subject(token) == "ada"
    await door.clock.advance(APPLICATION.clock_leeway_seconds)
    assert await door.subject(token) == "ada"
    await door.clock.advance(1.0)
    assert "expired" in await door.refusal(token)


async def test_a_withdrawn_key_also_ends_what_was_verified_with_it(door: _Door) -> None:
    old = signed(door.claims(exp=int(door.clock.now().timestamp()) + 86_400), rsa_key("a"))
    await door.subject(old)
    door.issuer.documents = public(rsa_key("b"))
    await door.clock.advance(STALE_SECONDS)
    assert await door.subject(signed(door.claims(), rsa_key("b"))) == "ada"
    assert "does not publish" in await door.refusal(old)


async def test_keys_rotate_without_a_restart(door: _Door) -> None:
    await door.subject(signed(door.claims(), rsa_key("a")))
    door.issuer.documents = public(rsa_key("a"), rsa_key("b"))
    await door.clock.advance(REFETCH_SECONDS)
    assert await door.subject(signed(door.claims(), rsa_key("b"))) == "ada"
    assert await door.subject(signed(door.claims(sub="bob"), rsa_key("a"))) == "bob"


async def test_without_keys_a_token_can_be_neither_accepted_nor_refused(door: _Door) -> None:
    door.issuer.is_away = True
    with pytest.raises(TextNLPError) as caught:
        await door.authenticator.authenticate(signed(door.claims(), rsa_key("a")))
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await door.authenticator.aclose()


_HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "x5c"]),
    st.sampled_from(["RS256", "ES256", "none", "HS256", "a", "JWT"]) | st.integers() | st.lists(st.text(), max_size=2),
)


@given(st.text() | st.text(st.sampled_from("ey.-_AJ9=[]{}\ud800\u0661")) | st.just("." * 20_000))
async def test_any_text_is_refused(text: str) -> None:
    await _Door().refusal(text)


@given(_HEADERS | st.lists(st.just("alg")) | st.just("alg"), st.dictionaries(st.text(), st.text()), st.binary())
async def test_whatever_a_forged_token_holds_it_is_refused(header: object, claims: object, signature: bytes) -> None:
    await _Door(rsa_key("a"), ec_key("b")).refusal(forged(header, claims, signature))
