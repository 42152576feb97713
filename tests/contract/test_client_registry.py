import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.client_registry import PostgresClientRegistry
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client, ClientRequest, make_client
from textnlp.ports.client_registry import ClientRegistry
from textnlp.topology.limits import QUOTA, RATE_LIMIT
from textnlp.topology.scopes import ADMIN, READ

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
_UNKNOWN = ClientId("client_unknown")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def registry(request: pytest.FixtureRequest) -> ClientRegistry:
    if request.param == "memory":
        return MemoryClientRegistry()
    return PostgresClientRegistry(request.getfixturevalue("database"))


def make(*, tenant: str = "local", at: datetime = NOON) -> Client:
    request = ClientRequest(
        name="Naïve 'client'; drop table clients",
        tenant=tenant,
        permissions=(ADMIN,),
        expires_at=at + timedelta(days=1),
        call_limits=((RATE_LIMIT, 5), (QUOTA, 2**53)),
    )
    return make_client(request, now=at)[0]


async def test_a_client_is_found_by_its_prefix_as_it_was_created(registry: ClientRegistry) -> None:
    client = make()
    plain = make_client(ClientRequest(name="plain", permissions=(READ,)), now=NOON)[0]
    await registry.create(client)
    await registry.create(plain)
    assert await registry.find_by_prefix(client.key_prefix) == client
    assert await registry.find_by_prefix(plain.key_prefix) == plain
    assert await registry.find(client.id) == client
    assert await registry.find(plain.id) == plain


async def test_an_unknown_prefix_finds_nobody(registry: ClientRegistry) -> None:
    await registry.create(make())
    assert await registry.find_by_prefix("00000000") is None
    assert await registry.find_by_prefix("%") is None
    assert await registry.find_by_prefix("") is None
    assert await registry.find(_UNKNOWN) is None


@pytest.mark.parametrize("text", ["\0", "client_\0", "\ud800"])
async def test_text_that_cannot_be_stored_finds_nothing(registry: ClientRegistry, text: str) -> None:
    await registry.create(make())
    assert await registry.find_by_prefix(text) is None
    assert await registry.find(ClientId(text)) is None
    assert await registry.list(text) == []
    await registry.note_use(ClientId(text), NOON)
    with pytest.raises(TextNLPError) as caught:
        await registry.revoke(ClientId(text), NOON)
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_second_client_with_the_same_id_or_prefix_is_refused(registry: ClientRegistry) -> None:
    client, other = make(), make()
    await registry.create(client)
    for twin in (
        dataclasses.replace(other, id=client.id),
        dataclasses.replace(other, key_prefix=client.key_prefix),
    ):
        with pytest.raises(TextNLPError) as caught:
            await registry.create(twin)
        assert caught.value.kind is ErrorKind.CONFLICT
    assert await registry.list(None) == [client]


async def test_clients_are_listed_by_tenant_oldest_first(registry: ClientRegistry) -> None:
    clients = [make(tenant=f"t{number % 2}", at=NOON + timedelta(seconds=number)) for number in range(4)]
    for client in reversed(clients):
        await registry.create(client)
    assert await registry.list("t0") == [clients[0], clients[2]]
    assert await registry.list("t1") == [clients[1], clients[3]]
    assert await registry.list("t2") == []
    assert await registry.list(None) == clients


async def test_of_two_revocations_the_first_stands(registry: ClientRegistry) -> None:
    client = make()
    await registry.create(client)
    revoked = dataclasses.replace(client, revoked_at=NOON)
    assert await registry.revoke(client.id, NOON) == revoked
    assert await registry.revoke(client.id, LATER) == revoked
    assert await registry.find_by_prefix(client.key_prefix) == revoked


async def test_the_latest_use_is_remembered(registry: ClientRegistry) -> None:
    client = make()
    await registry.create(client)
    for at in (NOON, LATER, NOON):
        await registry.note_use(client.id, at)
    assert await registry.list(None) == [dataclasses.replace(client, last_used_at=LATER)]


async def test_limits_are_replaced_and_removed(registry: ClientRegistry) -> None:
    client = make()
    await registry.create(client)
    raised = await registry.set_limits(client.id, ((QUOTA, 7), (RATE_LIMIT, 9)))
    assert raised == dataclasses.replace(client, call_limits=((QUOTA, 7), (RATE_LIMIT, 9)))
    assert await registry.find_by_prefix(client.key_prefix) == raised
    assert (await registry.set_limits(client.id, ())).call_limits == ()


async def test_changing_a_client_leaves_the_others_as_they_are(registry: ClientRegistry) -> None:
    client, other = make(), make(at=LATER)
    await registry.create(client)
    await registry.create(other)
    await registry.revoke(client.id, NOON)
    await registry.set_limits(client.id, ())
    await registry.note_use(client.id, NOON)
    assert (await registry.list(None))[1] == other


async def test_a_client_that_does_not_exist_cannot_be_changed(registry: ClientRegistry) -> None:
    for call in (registry.revoke(_UNKNOWN, NOON), registry.set_limits(_UNKNOWN, ())):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND
    await registry.note_use(_UNKNOWN, NOON)
    assert await registry.list(None) == []
