from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.application.issue_token import issue_token, prove_client
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.topology.scopes import READ, WRITE

ISSUER = "urn:example:issuer"


class Desk:
    """A register with one client, and an issuer."""

    def __init__(self, folder: Path) -> None:
        self.registry = MemoryClientRegistry()
        self.issuer = LocalIssuer(open_issuer_key(folder), issuer=ISSUER, clock=CLOCK)
        request = ClientRequest(name="nightly", permissions=(READ, WRITE), tenant="acme")
        self.client, self.key = make_client(request, now=CLOCK.now())

    async def ask(self, *, scope: str = "", client_id: str | None = None, secret: str | None = None) -> IssuedToken:
        proven = await prove_client(
            self.registry,
            client_id=client_id or self.client.id,
            client_secret=secret or self.key.text,
            clock=CLOCK,
        )
        return issue_token(self.issuer, proven, scope=scope)


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    await desk.registry.create(desk.client)
    return desk


@pytest.mark.parametrize(
    ("scope", "grants"),
    [
        ("", {READ, WRITE}),
        ("api://textnlp/.default", {READ, WRITE}),
        (READ, {READ}),
        (f"api://textnlp/{READ} {WRITE}", {READ, WRITE}),
    ],
)
async def test_a_client_gets_a_token_that_proves_who_it_is(desk: Desk, scope: str, grants: set[str]) -> None:
    issued = await desk.ask(scope=scope)
    keys = SigningKeys(desk.issuer.fetch_keys, issuer=ISSUER, clock=CLOCK)
    principal = await TokenAuthenticator(rules=desk.issuer.rules, keys=keys, clock=CLOCK).authenticate(issued.text)
    assert (principal.caller, principal.tenant, principal.grants) == (desk.client.id, "acme", grants)


@pytest.mark.parametrize(
    "wrong", [{"client_id": "client_x"}, {"secret": "tnlp_00000000_" + "0" * 32}, {"secret": "hello"}]
)
async def test_a_wrong_id_or_secret_gets_none(desk: Desk, wrong: dict[str, str]) -> None:
    with pytest.raises(TextNLPError) as caught:
        await desk.ask(**wrong)
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED


@pytest.mark.parametrize("scope", ["Platform.Admin", "Everything"])
async def test_a_scope_that_the_client_does_not_have_is_refused(desk: Desk, scope: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await desk.ask(scope=scope)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_a_revoked_client_gets_none(desk: Desk) -> None:
    await desk.registry.revoke(desk.client.id, CLOCK.now() - timedelta(seconds=1))
    with pytest.raises(TextNLPError, match="revoked"):
        await desk.ask()
