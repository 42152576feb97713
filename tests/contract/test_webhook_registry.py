import asyncio
import dataclasses
from datetime import timedelta

import psycopg
import pytest

from tests.contract.webhook_cases import NOON, WebhookStores, delivery, later, registered, webhook
from textnlp.adapters.database.memory_webhooks import MemoryWebhookDeliveries, MemoryWebhookRegistry
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.webhook_deliveries import PostgresWebhookDeliveries
from textnlp.adapters.database.webhook_registry import PostgresWebhookRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import WebhookId, new_webhook_id
from textnlp.domain.webhooks.model import WebhookTerms
from textnlp.domain.webhooks.rules import MAX_SECRETS, OLD_SECRET_VALID
from textnlp.domain.webhooks.signature import SigningSecret, new_secret


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def stores(request: pytest.FixtureRequest) -> WebhookStores:
    if request.param == "memory":
        registry = MemoryWebhookRegistry()
        return WebhookStores(registry, MemoryWebhookDeliveries(registry.tables))
    database = request.getfixturevalue("database")
    return WebhookStores(PostgresWebhookRegistry(database), PostgresWebhookDeliveries(database))


async def secrets_at(stores: WebhookStores, webhook_id: WebhookId, seconds: float) -> tuple[SigningSecret, ...]:
    """Return the secrets that sign at a moment."""
    found = await stores.registry.get(webhook_id)
    await stores.deliveries.add([delivery(found)])
    now = later(seconds)
    (claim,) = await stores.deliveries.claim(now=now, until=now, limit=1)
    return claim.secrets


async def test_a_webhook_is_returned_as_it_was_registered(stores: WebhookStores) -> None:
    one = webhook(events=["Batch.Failed"])
    await stores.registry.create(one, new_secret())
    assert await stores.registry.get(one.id) == one
    with pytest.raises(TextNLPError) as caught:
        await stores.registry.create(one, new_secret())
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_webhooks_are_listed_newest_first_page_by_page_and_counted(stores: WebhookStores) -> None:
    mine = [dataclasses.replace(webhook(), id=new_webhook_id(NOON + timedelta(seconds=each))) for each in range(3)]
    await registered(stores, *mine, webhook(tenant="other"))
    ours = stores.registry.for_tenant("acme")
    first = await ours.newest(limit=2)
    assert [*first, *await ours.newest(before=first[-1].id, limit=2)] == mine[::-1]
    assert len(await stores.registry.newest(limit=9)) == 4
    assert (await ours.count("acme"), await ours.count("nobody")) == (3, 0)


async def test_enabled_webhooks_of_the_tenant_that_want_the_event_are_told(stores: WebhookStores) -> None:
    wanting, failing = webhook(), webhook(events=["Batch.Failed"])
    await registered(stores, wanting, failing, webhook(is_enabled=False), webhook(tenant="other"))
    assert await stores.registry.subscribed("acme", "Batch.Completed") == [wanting]
    assert {each.id for each in await stores.registry.subscribed("acme", "Batch.Failed")} == {wanting.id, failing.id}


async def test_terms_are_replaced(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    terms = WebhookTerms(url="https://other.example/", event_types=("Batch.Failed",), is_enabled=False)
    changed = await stores.registry.change(one.id, terms)
    assert changed == dataclasses.replace(one, terms=terms) == await stores.registry.get(one.id)


async def test_a_secret_that_was_exchanged_signs_for_a_day_more(stores: WebhookStores) -> None:
    one, first, second = webhook(), new_secret(), new_secret()
    await stores.registry.create(one, first)
    assert await stores.registry.exchange_secret(one.id, second, at=NOON) == NOON + OLD_SECRET_VALID
    day = OLD_SECRET_VALID.total_seconds()
    assert await secrets_at(stores, one.id, day - 1) == (second, first)
    assert await secrets_at(stores, one.id, day) == (second,)


async def test_of_many_exchanged_secrets_the_latest_sign(stores: WebhookStores) -> None:
    one, secrets = webhook(), [new_secret() for _ in range(MAX_SECRETS + 2)]
    await stores.registry.create(one, secrets[0])
    for secret in secrets[1:]:
        await stores.registry.exchange_secret(one.id, secret, at=NOON)
    assert await secrets_at(stores, one.id, 1) == tuple(secrets[: -MAX_SECRETS - 1 : -1])


async def test_exchanges_at_the_same_time_leave_one_present_secret(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await asyncio.gather(*(stores.registry.exchange_secret(one.id, new_secret(), at=NOON) for _ in range(5)))
    assert len(await secrets_at(stores, one.id, OLD_SECRET_VALID.total_seconds() + 1)) == 1


async def test_what_is_not_there_is_not_found(stores: WebhookStores) -> None:
    unknown = new_webhook_id(NOON)
    for call in (
        stores.registry.get(unknown),
        stores.registry.change(unknown, webhook().terms),
        stores.registry.exchange_secret(unknown, new_secret(), at=NOON),
        stores.registry.delete(unknown),
        stores.registry.get(WebhookId("zero\0")),
    ):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_tenant_reaches_its_own_webhooks_only(stores: WebhookStores) -> None:
    mine, theirs = webhook(tenant="mine"), webhook(tenant="theirs")
    ours = stores.registry.for_tenant("mine")
    await ours.create(mine, new_secret())
    await registered(stores, theirs)
    assert await ours.newest(limit=9) == [mine]
    assert await ours.exchange_secret(mine.id, new_secret(), at=NOON) == NOON + OLD_SECRET_VALID
    for call in (
        ours.get(theirs.id),
        ours.change(theirs.id, mine.terms),
        ours.exchange_secret(theirs.id, new_secret(), at=NOON),
        ours.delete(theirs.id),
    ):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND
    with pytest.raises(TextNLPError) as caught:
        await ours.create(webhook(tenant="theirs"), new_secret())
    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert await stores.registry.get(theirs.id) == theirs
    await ours.delete(mine.id)
    assert await ours.newest(limit=9) == []


async def test_with_a_webhook_its_deliveries_go(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    await stores.registry.for_tenant("acme").delete(one.id)
    assert await stores.deliveries.newest(one.id, limit=9) == []
    assert await stores.deliveries.claim(now=later(), until=later(), limit=9) == []


@pytest.mark.postgres
async def test_the_server_lets_no_tenant_read_a_secret(database: PostgresDatabase) -> None:
    one = webhook()
    await PostgresWebhookRegistry(database).create(one, new_secret())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.for_tenant("acme").connection() as connection:
            await connection.execute("select secret from webhook_secrets")
    async with database.for_tenant("other").connection() as connection:
        assert await (await connection.execute("select number from webhook_secrets")).fetchall() == []
