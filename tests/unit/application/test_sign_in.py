from datetime import timedelta
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.api_keys import forged_key
from tests.factories.sign_ins import asked, memory_sign_in_ports
from textnlp.application.make_login_code import make_login_code
from textnlp.application.sign_in import prove_person, sign_in
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.authorization_request import AuthorizationRequest, addressee_of, authorization_request
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.domain.identity.one_time_secret import SecretPurpose, digest_of
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import LOGIN_SECONDS, SignIn
from textnlp.topology.scopes import ADMIN, READ, WRITE

READER = Principal(subject="ada", tenant="contoso", caller="client_1", grants=frozenset({READ}))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ports(tmp_path: Path, clock: ManualClock) -> SignInPorts:
    return memory_sign_in_ports(tmp_path, clock=clock)


def request(**changes: str) -> AuthorizationRequest:
    fields = asked(**changes)
    return authorization_request(fields, addressee_of(fields, base_url="http://127.0.0.1:8000/"))


async def refused(ports: SignInPorts, credential: str) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await prove_person(ports, credential)
    if len(credential) > len("tnlp_"):
        assert credential not in caught.value.full_text
    return caught.value.kind


async def begun(ports: SignInPorts, code: str) -> SignIn:
    taken = await ports.store.take(digest_of(code), SecretPurpose.CODE)
    assert taken is not None
    found = await ports.store.find(taken.secret.sign_in_id)
    assert found is not None
    return found


async def test_whoever_uses_this_machine_signs_in_with_a_code_that_is_good_once(ports: SignInPorts) -> None:
    code = await make_login_code(ports.store, [READ, WRITE], clock=ports.clock)
    person = await prove_person(ports, f" {code.upper()} ")
    assert (person.subject, person.tenant, person.grants) == ("local", "local", {READ, WRITE})
    assert await refused(ports, code) is ErrorKind.UNAUTHENTICATED


async def test_a_login_code_is_good_for_five_minutes(ports: SignInPorts, clock: ManualClock) -> None:
    code = await make_login_code(ports.store, [READ], clock=clock)
    await clock.advance(LOGIN_SECONDS)
    assert await refused(ports, code) is ErrorKind.UNAUTHENTICATED


@pytest.mark.parametrize(("permissions", "field"), [([], "scope"), (["Everything"], "permissions")])
async def test_a_login_code_needs_declared_permissions(ports: SignInPorts, permissions: list[str], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await make_login_code(ports.store, permissions, clock=ports.clock)
    assert caught.value.facts.field == field


async def test_a_client_signs_in_with_its_key_until_it_is_revoked(ports: SignInPorts, clock: ManualClock) -> None:
    client, key = make_client(ClientRequest(name="ada", permissions=(READ,), tenant="contoso"), now=clock.now())
    await ports.clients.create(client)
    person = await prove_person(ports, key.text)
    assert (person.subject, person.tenant, person.grants) == (client.id, "contoso", {READ})
    await ports.clients.revoke(client.id, clock.now())
    assert await refused(ports, key.text) is ErrorKind.UNAUTHENTICATED


@pytest.mark.parametrize("credential", ["", "hello", "tnlp_", forged_key().text, "x" * 10_000, "\ud800\0"])
async def test_nothing_else_proves_anybody(ports: SignInPorts, credential: str) -> None:
    assert await refused(ports, credential) is ErrorKind.UNAUTHENTICATED


async def test_codes_and_refresh_tokens_are_no_login_codes(ports: SignInPorts) -> None:
    code = await sign_in(ports, request(), READER)
    assert await refused(ports, code) is ErrorKind.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (READ, {READ}),
        (f"{READ} {WRITE} {ADMIN}", {READ}),
        ("api://textnlp/.default", {READ}),
        ("openid", set[str]()),
    ],
)
async def test_a_program_gets_what_it_asks_for_of_what_the_person_may(
    ports: SignInPorts, scope: str, granted: set[str]
) -> None:
    found = await begun(ports, await sign_in(ports, request(scope=scope), READER))
    assert (found.grants, found.subject, found.tenant, found.caller) == (granted, "ada", "contoso", "client_1")
    assert found.expires_at - found.created_at == timedelta(seconds=3660)


async def test_a_program_that_may_do_nothing_of_what_it_asks_for_gets_no_code(ports: SignInPorts) -> None:
    with pytest.raises(TextNLPError) as caught:
        await sign_in(ports, request(scope=WRITE), READER)
    assert caught.value.facts.field == "scope"
