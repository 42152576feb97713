import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import ISSUER, FakeIssuer, claims_at, forged, rsa_key, signed
from textnlp.adapters.identity.either import KeyOrTokenAuthenticator
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.claims import TokenRules
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.topology.scopes import READ

OTHER = "https://other.example"


class _Door:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.registry = MemoryClientRegistry()
        self.now = self.clock.now().timestamp()
        tokens = [self._tokens_of(ISSUER, "a"), self._tokens_of(OTHER, "b")]
        keys = KeyAuthenticator(self.registry, clock=self.clock)
        self.authenticator = KeyOrTokenAuthenticator(keys=keys, tokens=tokens)

    def _tokens_of(self, issuer: str, key: str) -> TokenAuthenticator:
        keys = SigningKeys(FakeIssuer(rsa_key(key)).fetch, issuer=issuer, clock=self.clock)
        return TokenAuthenticator(rules=TokenRules(issuer=issuer), keys=keys, clock=self.clock)

    async def subject(self, credential: str) -> str:
        return (await self.authenticator.authenticate(credential)).subject

    async def refusal(self, credential: str) -> TextNLPError:
        with pytest.raises(TextNLPError) as caught:
            await self.authenticator.authenticate(credential)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED
        return caught.value


async def test_keys_and_tokens_of_every_trusted_issuer_are_accepted() -> None:
    door = _Door()
    client, key = make_client(ClientRequest(name="nightly", permissions=(READ,)), now=door.clock.now())
    await door.registry.create(client)
    assert await door.subject(key.text) == client.id
    assert await door.subject(signed(claims_at(door.now, sub="ada"), rsa_key("a"))) == "ada"
    assert await door.subject(signed(claims_at(door.now, sub="bob", iss=OTHER), rsa_key("b"))) == "bob"


async def test_a_trusted_issuer_cannot_speak_for_another() -> None:
    door = _Door()
    assert await door.refusal(signed(claims_at(door.now, iss=OTHER), rsa_key("a")))
    assert await door.refusal(signed(claims_at(door.now, iss=OTHER), rsa_key("a"), kid="b"))


async def test_an_issuer_that_is_not_trusted_is_named() -> None:
    door = _Door()
    error = await door.refusal(signed(claims_at(door.now, iss="https://evil.example\n"), rsa_key("a")))
    assert "'https://evil.example\ufffd', which is not trusted" in error.message
    assert f"'{ISSUER}', '{OTHER}'" in (error.facts.hint or "")


@pytest.mark.parametrize("credential", ["", "secret", "a.b", "a.b.c.d", "TNLP_x", "." * 20_000])
async def test_what_is_neither_key_nor_token_is_refused_without_being_repeated(credential: str) -> None:
    error = await _Door().refusal(credential)
    assert "neither an API key nor a token" in error.message
    assert "secret" not in error.full_text


@pytest.mark.parametrize("claims", [{}, [], 5, {"iss": 5}, {"iss": None}])
async def test_a_token_that_names_no_issuer_is_refused(claims: object) -> None:
    assert "names no issuer" in (await _Door().refusal(forged({"alg": "RS256"}, claims, b"x"))).message


@given(st.text() | st.text(st.sampled_from("ey.-_AJ9=[]{}\ud800\u0661")) | st.just(f".{'W1tb' * 3000}."))
async def test_any_text_is_refused(text: str) -> None:
    await _Door().refusal(text)
