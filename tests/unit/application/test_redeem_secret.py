import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jws

from tests.doubles.clock import ManualClock
from tests.factories.sign_ins import REDIRECT_URI, VERIFIER, asked, memory_sign_in_ports
from textnlp.application.redeem_secret import IssuedTokens, redeem_code, redeem_refresh_token
from textnlp.application.sign_in import sign_in
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.authorization_request import addressee_of, authorization_request
from textnlp.domain.identity.client import ClientRequest, make_client, open_client
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, digest_of
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import CODE_SECONDS, MOST_ROTATIONS
from textnlp.topology.scopes import READ, WRITE

NATIVE = "textnlp-native"
PERSON = Principal(subject="ada", tenant="contoso", caller="ada", grants=frozenset({READ, WRITE}))


class Program:
    """A native program that a person signs in to."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.ports = memory_sign_in_ports(folder, clock=self.clock)

    async def code(self, person: Principal = PERSON, **changes: str) -> str:
        fields = asked(**({"scope": f"openid offline_access {READ} {WRITE}"} | changes))
        request = authorization_request(fields, addressee_of(fields, base_url="http://127.0.0.1:8000/"))
        return await sign_in(self.ports, request, person)

    async def redeem(self, code: str, **changes: str) -> IssuedTokens:
        facts = {"client_id": NATIVE, "redirect_uri": REDIRECT_URI, "verifier": VERIFIER} | changes
        return await redeem_code(self.ports, code, **facts)

    async def refresh(self, token: str | None, *, client_id: str = NATIVE, scope: str = "") -> IssuedTokens:
        return await redeem_refresh_token(self.ports, token or "", client_id=client_id, scope=scope)

    async def is_revoked(self, tokens: IssuedTokens) -> bool:
        found = await self.ports.store.find(SignInId(claims_of(tokens.access.text)["sid"]))
        assert found is not None
        return found.revoked_at is not None


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def claims_of(token: str | None) -> dict[str, Any]:
    return msgspec.json.decode(jws.extract_compact((token or "").encode()).payload or b"")


async def refusal(call: Any) -> str:
    """Return the field that a refusal names."""
    with pytest.raises(TextNLPError) as caught:
        await call
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    return str(caught.value.facts.field)


async def test_a_code_gives_tokens_that_say_who_may_do_what(program: Program) -> None:
    tokens = await program.redeem(await program.code())
    access, identity = claims_of(tokens.access.text), claims_of(tokens.id_token)
    assert (access["sub"], access["tid"], access["scp"]) == ("ada", "contoso", f"{READ} {WRITE}")
    assert (identity["sub"], identity["aud"], identity["nonce"]) == ("ada", NATIVE, "n-1")
    assert tokens.access.scope == f"{READ} {WRITE} openid offline_access"
    assert str(tokens.refresh_token) not in repr(tokens)


async def test_what_was_not_asked_for_is_not_given(program: Program) -> None:
    tokens = await program.redeem(await program.code(scope=READ))
    assert (tokens.refresh_token, tokens.id_token, tokens.access.scope) == (None, None, READ)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "textnlp-console"},
        {"client_id": ""},
        {"redirect_uri": "http://127.0.0.1:49153/callback"},
        {"redirect_uri": ""},
        {"verifier": ""},
        {"verifier": "w" * 43},
    ],
)
async def test_a_code_is_bound_to_client_address_and_verifier_and_is_gone_when_one_is_wrong(
    program: Program, changes: dict[str, str]
) -> None:
    code = await program.code()
    assert await refusal(program.redeem(code, **changes)) == "code"
    assert await refusal(program.redeem(code)) == "code"


async def test_a_code_is_good_for_a_minute(program: Program) -> None:
    code = await program.code()
    await program.clock.advance(CODE_SECONDS)
    assert await refusal(program.redeem(code)) == "code"


async def test_a_code_that_comes_again_revokes_what_it_gave(program: Program) -> None:
    code = await program.code()
    tokens = await program.redeem(code)
    assert not await program.is_revoked(tokens)
    assert await refusal(program.redeem(code)) == "code"
    assert await program.is_revoked(tokens)
    assert await refusal(program.refresh(tokens.refresh_token)) == "refresh_token"


async def test_of_two_programs_with_one_code_at_most_one_gets_tokens(program: Program) -> None:
    code = await program.code()
    outcomes = await asyncio.gather(*(program.redeem(code) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, IssuedTokens) for outcome in outcomes) == 1


async def test_a_refresh_token_gives_the_next_and_is_gone(program: Program) -> None:
    first = await program.redeem(await program.code())
    second = await program.refresh(first.refresh_token)
    third = await program.refresh(second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert claims_of(third.access.text)["sid"] == claims_of(first.access.text)["sid"]
    assert third.id_token is None


async def test_a_refresh_token_that_comes_again_revokes_the_sign_in(program: Program) -> None:
    first = await program.redeem(await program.code())
    second = await program.refresh(first.refresh_token)
    assert await refusal(program.refresh(first.refresh_token)) == "refresh_token"
    assert await program.is_revoked(second)
    assert await refusal(program.refresh(second.refresh_token)) == "refresh_token"


async def test_a_refresh_may_ask_for_less_and_gets_no_more(program: Program) -> None:
    tokens = await program.redeem(await program.code(scope=f"offline_access {WRITE}"))
    same = await program.refresh(tokens.refresh_token, scope=f"{READ} {WRITE}")
    assert claims_of(same.access.text)["scp"] == WRITE
    assert await refusal(program.refresh(same.refresh_token, scope=READ)) == "scope"
    both = await program.redeem(await program.code())
    narrow = await program.refresh(both.refresh_token, scope=READ)
    assert claims_of(narrow.access.text)["scp"] == READ
    wide = await program.refresh(narrow.refresh_token)
    assert claims_of(wide.access.text)["scp"] == f"{READ} {WRITE}"


@pytest.mark.parametrize("token", ["", "unknown", "x" * 300])
async def test_an_unknown_secret_gives_nothing(program: Program, token: str) -> None:
    assert await refusal(program.refresh(token)) == "refresh_token"
    assert await refusal(program.redeem(token)) == "code"


async def test_a_code_is_no_refresh_token_and_the_other_way_round(program: Program) -> None:
    code = await program.code()
    assert await refusal(program.refresh(code)) == "refresh_token"
    tokens = await program.redeem(code)
    assert await refusal(program.redeem(str(tokens.refresh_token))) == "code"


async def test_a_sign_in_ends_after_thirty_days_however_often_it_is_refreshed(program: Program) -> None:
    tokens = await program.redeem(await program.code())
    await program.clock.advance(29 * 86_400)
    tokens = await program.refresh(tokens.refresh_token)
    await program.clock.advance(86_400)
    assert await refusal(program.refresh(tokens.refresh_token)) == "refresh_token"


async def test_a_sign_in_with_a_key_is_not_refreshed_once_the_key_is_revoked(program: Program) -> None:
    client, key = make_client(ClientRequest(name="ada", permissions=(READ, WRITE)), now=program.clock.now())
    await program.ports.clients.create(client)
    tokens = await program.redeem(await program.code(open_client(client, key, now=program.clock.now())))
    await program.ports.clients.revoke(client.id, program.clock.now())
    assert await refusal(program.refresh(tokens.refresh_token)) == "refresh_token"


async def test_a_sign_in_is_refreshed_a_bounded_number_of_times(program: Program) -> None:
    tokens = await program.redeem(await program.code())
    worn = OneTimeSecret(
        digest=digest_of("worn"),
        purpose=SecretPurpose.REFRESH,
        sign_in_id=SignInId(claims_of(tokens.access.text)["sid"]),
        expires_at=program.clock.now().replace(year=2099),
        rotation=MOST_ROTATIONS,
    )
    await program.ports.store.keep(worn)
    assert await refusal(program.refresh("worn")) == "refresh_token"
