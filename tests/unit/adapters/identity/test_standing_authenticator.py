from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import rsa_key
from textnlp.adapters.identity.lately_found import REVOKED_WITHIN_SECONDS
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.memory_sign_in_store import MemorySignInStore
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.standing_authenticator import StandingAuthenticator
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ClientId, new_sign_in_id
from textnlp.domain.identity.client import Client, ClientRequest, make_client, open_client
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, digest_of
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import SignIn, sign_in_end
from textnlp.topology.limits import RATE_LIMIT
from textnlp.topology.scopes import READ, WRITE

ISSUER = "urn:example:issuer"


class _CountingRegistry(MemoryClientRegistry):
    def __init__(self) -> None:
        super().__init__()
        self.lookups = 0

    async def find(self, client_id: ClientId) -> Client | None:
        self.lookups += 1
        return await super().find(client_id)


class Door:
    """An authenticator with its issuer and registers."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.clients = _CountingRegistry()
        self.sign_ins = MemorySignInStore()
        self.issuer = LocalIssuer(rsa_key("local"), issuer=ISSUER, clock=self.clock)
        keys = SigningKeys(self.issuer.fetch_keys, issuer=ISSUER, clock=self.clock)
        tokens = TokenAuthenticator(rules=self.issuer.rules, keys=keys, clock=self.clock)
        self.authenticator = StandingAuthenticator(
            tokens, clients=self.clients, sign_ins=self.sign_ins, clock=self.clock
        )

    async def client(self) -> tuple[Client, str]:
        """Register a client, and return it with a token of its."""
        request = ClientRequest(
            name="nightly", permissions=(READ,), expires_at=self.clock.now() + timedelta(minutes=30)
        )
        client, key = make_client(request, now=self.clock.now())
        await self.clients.create(client)
        return client, self.issuer.issue(open_client(client, key, now=self.clock.now())).text

    async def person(self, *, caller: str = "local") -> tuple[SignIn, str]:
        """Begin a sign-in, and return it with a token of its."""
        now = self.clock.now()
        sign_in = SignIn(
            id=new_sign_in_id(now),
            oauth_client="textnlp-native",
            subject=caller,
            tenant="local",
            caller=caller,
            grants=frozenset({READ, WRITE}),
            created_at=now,
            expires_at=sign_in_end(now, has_refresh=False),
        )
        secret = OneTimeSecret(
            digest=digest_of("code"), purpose=SecretPurpose.CODE, sign_in_id=sign_in.id, expires_at=now
        )
        await self.sign_ins.begin(sign_in, secret)
        return sign_in, self.issuer.issue(sign_in.principal).text

    async def refusal(self, token: str) -> str:
        with pytest.raises(TextNLPError) as caught:
            await self.authenticator.authenticate(token)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED
        return caught.value.message


@pytest.fixture
async def door() -> AsyncGenerator[Door]:
    door = Door()
    yield door
    await door.authenticator.aclose()


async def test_tokens_of_this_machine_need_no_register(door: Door) -> None:
    principal = Principal(subject="local", tenant="local", caller="local", grants=frozenset({READ}))
    token = door.issuer.issue(principal).text
    assert await door.authenticator.authenticate(token) == principal
    assert door.clients.lookups == 0
    assert door.authenticator.issuer == ISSUER


async def test_the_register_is_asked_once_in_ten_seconds(door: Door) -> None:
    client, token = await door.client()
    callers = {(await door.authenticator.authenticate(token)).caller for _ in range(100)}
    assert (callers, door.clients.lookups) == ({client.id}, 1)


async def test_tokens_of_a_revoked_client_open_nothing_within_ten_seconds(door: Door) -> None:
    client, token = await door.client()
    await door.authenticator.authenticate(token)
    await door.clients.revoke(client.id, door.clock.now())
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert "was revoked" in await door.refusal(token)


async def test_tokens_do_not_outlive_the_key_they_were_got_with(door: Door) -> None:
    _, token = await door.client()
    await door.authenticator.authenticate(token)
    await door.clock.advance(1800)
    assert "expired" in await door.refusal(token)


async def test_changed_limits_hold_for_tokens_that_were_given_before(door: Door) -> None:
    client, token = await door.client()
    assert (await door.authenticator.authenticate(token)).call_limits == ()
    await door.clients.set_limits(client.id, ((RATE_LIMIT, 7),))
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert (await door.authenticator.authenticate(token)).call_limits == ((RATE_LIMIT, 7),)


async def test_tokens_of_an_unregistered_client_open_nothing(door: Door) -> None:
    stranger = Principal(subject="client_x", tenant="local", caller="client_x", grants=frozenset({READ}))
    assert "not registered" in await door.refusal(door.issuer.issue(stranger).text)


async def test_tokens_of_a_revoked_sign_in_open_nothing_within_ten_seconds(door: Door) -> None:
    sign_in, token = await door.person()
    principal = await door.authenticator.authenticate(token)
    assert (principal.sign_in_id, principal.grants) == (sign_in.id, {READ, WRITE})
    await door.sign_ins.revoke(sign_in.id, door.clock.now())
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert "was revoked" in await door.refusal(token)


async def test_a_sign_in_with_a_key_ends_with_the_key(door: Door) -> None:
    client, _ = await door.client()
    _, token = await door.person(caller=client.id)
    await door.authenticator.authenticate(token)
    await door.clients.revoke(client.id, door.clock.now())
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert "was revoked" in await door.refusal(token)
