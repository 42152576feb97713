from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.sign_ins import ISSUER, REDIRECT_URI, VERIFIER, asked, memory_sign_in_ports
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.application.redeem_secret import IssuedTokens, redeem_code
from textnlp.application.revoke_token import revoke_token
from textnlp.application.sign_in import sign_in
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.authorization_request import addressee_of, authorization_request
from textnlp.domain.identity.claims import TokenRules
from textnlp.domain.identity.one_time_secret import SecretPurpose, digest_of
from textnlp.domain.identity.principal import Principal
from textnlp.topology.scopes import READ

NATIVE = "textnlp-native"
PERSON = Principal(subject="ada", tenant="contoso", caller="ada", grants=frozenset({READ}))


class Desk:
    """Where tokens are given and taken back."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.ports = memory_sign_in_ports(folder, clock=self.clock)
        issuer = self.ports.issuer

        async def keys() -> list[dict[str, object]]:
            return issuer.jwks()["keys"]

        self.authenticator = TokenAuthenticator(
            rules=TokenRules(issuer=ISSUER, is_own=True),
            keys=SigningKeys(keys, issuer=ISSUER, clock=self.clock),
            clock=self.clock,
        )

    async def tokens(self) -> IssuedTokens:
        fields = asked()
        request = authorization_request(fields, addressee_of(fields, base_url="http://127.0.0.1:8000/"))
        code = await sign_in(self.ports, request, PERSON)
        return await redeem_code(self.ports, code, client_id=NATIVE, redirect_uri=REDIRECT_URI, verifier=VERIFIER)

    async def revoke(self, token: str, *, client_id: str = NATIVE) -> None:
        await revoke_token(self.ports, token, client_id=client_id, authenticator=self.authenticator)

    async def is_revoked(self, tokens: IssuedTokens) -> bool:
        taken = await self.ports.store.take(digest_of(str(tokens.refresh_token)), SecretPurpose.REFRESH)
        assert taken is not None
        found = await self.ports.store.find(taken.secret.sign_in_id)
        assert found is not None
        return found.revoked_at is not None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("is_access", [False, True])
async def test_either_token_revokes_the_sign_in(desk: Desk, *, is_access: bool) -> None:
    tokens = await desk.tokens()
    await desk.revoke(tokens.access.text if is_access else str(tokens.refresh_token))
    assert await desk.is_revoked(tokens)


@pytest.mark.parametrize("token", ["", "unknown", "a.b.c", "x" * 20_000, ".."])
async def test_what_is_not_known_counts_as_revoked(desk: Desk, token: str) -> None:
    tokens = await desk.tokens()
    await desk.revoke(token)
    assert not await desk.is_revoked(tokens)


async def test_another_program_cannot_revoke_a_sign_in(desk: Desk) -> None:
    tokens = await desk.tokens()
    for token in (tokens.access.text, str(tokens.refresh_token)):
        await desk.revoke(token, client_id="textnlp-console")
    assert not await desk.is_revoked(tokens)


async def test_a_token_of_no_sign_in_cannot_be_revoked_and_that_is_said(desk: Desk) -> None:
    with pytest.raises(TextNLPError) as caught:
        await desk.revoke(desk.ports.issuer.issue(PERSON).text)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "token")
