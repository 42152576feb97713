import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doubles.clock import ManualClock
from tests.factories.api_keys import forged_key
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.lately_found import REVOKED_WITHIN_SECONDS
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.api_key import ApiKey
from textnlp.domain.identity.client import Client, ClientRequest, make_client
from textnlp.topology.limits import RATE_LIMIT
from textnlp.topology.scopes import READ


class _CountingRegistry(MemoryClientRegistry):
    """Counts look-ups and notes, and can be away for either."""

    def __init__(self) -> None:
        super().__init__()
        self.lookups = 0
        self.notes = 0
        self.is_away = False
        self.takes_no_notes = False

    async def find_by_prefix(self, prefix: str) -> Client | None:
        self.lookups += 1
        if self.is_away:
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        return await super().find_by_prefix(prefix)

    async def note_use(self, client_id: ClientId, at: datetime) -> None:
        self.notes += 1
        if self.takes_no_notes:
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        await super().note_use(client_id, at)


class _Door:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.registry = _CountingRegistry()
        self.authenticator = KeyAuthenticator(self.registry, clock=self.clock)

    async def client(self, *, expires_at: datetime | None = None) -> tuple[Client, ApiKey]:
        request = ClientRequest(name="nightly", permissions=(READ,), expires_at=expires_at)
        client, key = make_client(request, now=self.clock.now())
        await self.registry.create(client)
        return client, key

    async def refusal(self, credential: str) -> TextNLPError:
        with pytest.raises(TextNLPError) as caught:
            await self.authenticator.authenticate(credential)
        return caught.value


@pytest.fixture
def door() -> _Door:
    return _Door()


async def test_a_key_names_its_client(door: _Door) -> None:
    client, key = await door.client()
    principal = await door.authenticator.authenticate(key.text)
    assert (principal.subject, principal.caller, principal.key_prefix) == (client.id, client.id, client.key_prefix)


async def test_a_key_that_was_verified_is_not_looked_up_again_at_once(door: _Door) -> None:
    _, key = await door.client()
    for _ in range(5):
        await door.authenticator.authenticate(key.text)
    assert door.registry.lookups == 1


async def test_a_revocation_works_within_ten_seconds(door: _Door) -> None:
    client, key = await door.client()
    await door.authenticator.authenticate(key.text)
    await door.registry.revoke(client.id, door.clock.now())
    await door.clock.advance(REVOKED_WITHIN_SECONDS - 0.1)
    await door.authenticator.authenticate(key.text)
    await door.clock.advance(0.1)
    error = await door.refusal(key.text)
    assert error.kind is ErrorKind.UNAUTHENTICATED
    assert "was revoked" in error.message


async def test_a_key_opens_nothing_from_its_expiry_on_even_if_just_verified(door: _Door) -> None:
    _, key = await door.client(expires_at=door.clock.now() + timedelta(seconds=5))
    await door.authenticator.authenticate(key.text)
    await door.clock.advance(4.9)
    await door.authenticator.authenticate(key.text)
    await door.clock.advance(0.1)
    assert "expired" in (await door.refusal(key.text)).message


async def test_a_wrong_secret_with_a_known_prefix_is_refused_also_after_the_right_one(door: _Door) -> None:
    _, key = await door.client()
    await door.authenticator.authenticate(key.text)
    other = forged_key(key.prefix)
    error = await door.refusal(other.text)
    assert error.kind is ErrorKind.UNAUTHENTICATED
    assert other.text[14:] not in error.full_text


async def test_garbage_is_refused_without_a_look_and_a_forged_key_with_one(door: _Door) -> None:
    for _ in range(3):
        await door.refusal("tnlp_abcdefgh_" + "0" * 38)
    assert door.registry.lookups == 0
    for number in range(10):
        await door.refusal(forged_key(secret=f"{number:032}").text)
    assert door.registry.lookups == 1


async def test_changed_limits_hold_within_ten_seconds(door: _Door) -> None:
    client, key = await door.client()
    await door.authenticator.authenticate(key.text)
    await door.registry.set_limits(client.id, ((RATE_LIMIT, 7),))
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert (await door.authenticator.authenticate(key.text)).call_limits == ((RATE_LIMIT, 7),)


async def test_a_use_is_noted_once_a_minute(door: _Door) -> None:
    client, key = await door.client()
    began = door.clock.now()
    for _ in range(59):
        await door.authenticator.authenticate(key.text)
        await door.clock.advance(1.0)
    assert door.registry.notes == 1
    await door.clock.advance(2.0)
    await door.authenticator.authenticate(key.text)
    assert door.registry.notes == 2
    noted = await door.registry.find_by_prefix(client.key_prefix)
    assert noted == dataclasses.replace(client, last_used_at=began + timedelta(seconds=61))


async def test_failing_to_note_a_use_keeps_nobody_out(door: _Door) -> None:
    _, key = await door.client()
    door.registry.takes_no_notes = True
    assert await door.authenticator.authenticate(key.text)


async def test_without_the_registry_only_what_was_just_verified_passes(door: _Door) -> None:
    _, key = await door.client()
    await door.authenticator.authenticate(key.text)
    door.registry.is_away = True
    await door.authenticator.authenticate(key.text)
    await door.clock.advance(REVOKED_WITHIN_SECONDS)
    assert (await door.refusal(key.text)).kind is ErrorKind.UNAVAILABLE


@given(st.text().map("tnlp_".__add__) | st.text(st.characters(codec=None, categories=["Cs", "Cc", "L"])))
async def test_any_text_is_refused(text: str) -> None:
    assert (await _Door().refusal(text)).kind is ErrorKind.UNAUTHENTICATED
