import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest

from tests.contract.webhook_cases import NOON, WebhookStores, delivery, failed_attempt, later, registered, webhook
from textnlp.adapters.database.memory_webhooks import MemoryWebhookDeliveries, MemoryWebhookRegistry
from textnlp.adapters.database.webhook_deliveries import PostgresWebhookDeliveries
from textnlp.adapters.database.webhook_registry import PostgresWebhookRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import DeliveryId, new_delivery_id
from textnlp.domain.webhooks.model import KEPT_ATTEMPTS, DeliveryClaim, DeliveryState
from textnlp.domain.webhooks.rules import LENT_PER_WEBHOOK, Verdict

DELIVERED = Verdict(state=DeliveryState.DELIVERED)
LEASE = timedelta(seconds=60)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def stores(request: pytest.FixtureRequest) -> WebhookStores:
    if request.param == "memory":
        registry = MemoryWebhookRegistry()
        return WebhookStores(registry, MemoryWebhookDeliveries(registry.tables))
    database = request.getfixturevalue("database")
    return WebhookStores(PostgresWebhookRegistry(database), PostgresWebhookDeliveries(database))


async def claimed(stores: WebhookStores, now: datetime = NOON, *, limit: int = 99) -> list[DeliveryClaim]:
    return list(await stores.deliveries.claim(now=now, until=now + LEASE, limit=limit))


def again_at(at: datetime, *, failures: int = 1, since: datetime = NOON) -> Verdict:
    return Verdict(state=DeliveryState.PENDING, next_attempt_at=at, failures=failures, failing_since=since)


async def test_a_delivery_is_returned_as_it_was_added_and_a_webhook_gets_an_event_once(stores: WebhookStores) -> None:
    one, other = webhook(), webhook()
    await registered(stores, one, other)
    first = delivery(one, event_id="e")
    await stores.deliveries.add([first, delivery(other, event_id="e")])
    await stores.deliveries.add([delivery(one, event_id="e"), delivery(webhook(), event_id="e")])
    assert await stores.deliveries.newest(one.id, limit=9) == [first]
    assert await stores.deliveries.get(first.id) == first


async def test_deliveries_are_listed_newest_first_page_by_page(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    made = [dataclasses.replace(delivery(one), id=new_delivery_id(later(each))) for each in range(3)]
    await stores.deliveries.add(made)
    first = await stores.deliveries.newest(one.id, limit=2)
    assert [*first, *await stores.deliveries.newest(one.id, before=first[-1].id, limit=2)] == made[::-1]


async def test_what_is_due_is_lent_once_and_again_when_the_lease_is_over(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    due, not_yet = delivery(one), delivery(one, due=later(1))
    await stores.deliveries.add([due, not_yet])
    (claim,) = await claimed(stores)
    assert (claim.delivery, claim.webhook, len(claim.secrets)) == (due, one, 1)
    assert await claimed(stores) == []
    assert [each.delivery for each in await claimed(stores, later(1))] == [not_yet]
    assert [each.delivery for each in await claimed(stores, later(60))] == [due]


async def test_two_workers_are_never_lent_the_same(stores: WebhookStores) -> None:
    webhooks = [webhook() for _ in range(10)]
    await registered(stores, *webhooks)
    await stores.deliveries.add([delivery(each) for each in webhooks for _ in range(LENT_PER_WEBHOOK)])
    lent = await asyncio.gather(*(claimed(stores, limit=7) for _ in range(8)))
    ids = [claim.delivery.id for claims in lent for claim in claims]
    ids += [claim.delivery.id for claim in await claimed(stores)]
    assert len(ids) == len(set(ids)) == 10 * LENT_PER_WEBHOOK


async def test_a_webhook_that_hangs_keeps_no_other_waiting(stores: WebhookStores) -> None:
    hanging, quick = webhook(), webhook()
    await registered(stores, hanging, quick)
    await stores.deliveries.add([delivery(hanging, due=later(-9)) for _ in range(20)])
    await stores.deliveries.add([delivery(quick)])
    first = await claimed(stores)
    assert sum(claim.webhook.id == hanging.id for claim in first) == LENT_PER_WEBHOOK
    assert sum(claim.webhook.id == quick.id for claim in first) == 1
    assert await claimed(stores) == []
    assert await stores.deliveries.settle(first[0], failed_attempt(), DELIVERED)
    assert len(await claimed(stores)) == 1


async def test_the_longest_due_are_lent_first_and_no_more_than_asked_for(stores: WebhookStores) -> None:
    webhooks = [webhook() for _ in range(3)]
    await registered(stores, *webhooks)
    made = [delivery(each, due=later(-number)) for number, each in enumerate(webhooks)]
    await stores.deliveries.add(made)
    assert [claim.delivery for claim in await claimed(stores, limit=2)] == [made[2], made[1]]


async def test_nothing_is_lent_for_a_disabled_webhook_until_it_is_enabled(stores: WebhookStores) -> None:
    one = webhook(is_enabled=False)
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    assert await claimed(stores) == []
    await stores.registry.change(one.id, dataclasses.replace(one.terms, is_enabled=True))
    assert len(await claimed(stores)) == 1


async def test_an_attempt_is_logged_and_what_follows_is_done(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    (claim,) = await claimed(stores)
    attempt = failed_attempt()
    assert await stores.deliveries.settle(claim, attempt, again_at(later(5)))
    found = await stores.deliveries.get(claim.delivery.id)
    assert (found.state, found.next_attempt_at, found.failures) == (DeliveryState.PENDING, later(5), 1)
    assert (found.attempt_count, found.attempts) == (1, (attempt,))
    assert (await stores.registry.get(one.id)).failing_since == NOON
    (again,) = await claimed(stores, later(5))
    assert await stores.deliveries.settle(again, failed_attempt(number=2), DELIVERED)
    found = await stores.deliveries.get(claim.delivery.id)
    assert (found.state, found.next_attempt_at, found.attempt_count) == (DeliveryState.DELIVERED, None, 2)
    assert (await stores.registry.get(one.id)).failing_since is None
    assert await claimed(stores, later(9999)) == []


async def test_the_log_keeps_the_latest_attempts(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    made = delivery(one)
    await stores.deliveries.add([made])
    for number in range(1, KEPT_ATTEMPTS + 3):
        (claim,) = await claimed(stores)
        await stores.deliveries.settle(claim, failed_attempt(number=number), again_at(NOON))
    found = await stores.deliveries.get(made.id)
    assert found.attempt_count == KEPT_ATTEMPTS + 2
    assert [attempt.number for attempt in found.attempts] == list(range(3, KEPT_ATTEMPTS + 3))


async def test_whoever_lost_a_lease_changes_nothing(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    (lost,) = await claimed(stores)
    (held,) = await claimed(stores, later(60))
    assert not await stores.deliveries.settle(lost, failed_attempt(), DELIVERED)
    assert (await stores.deliveries.get(lost.delivery.id)).attempt_count == 0
    assert await stores.deliveries.settle(held, failed_attempt(), DELIVERED)
    assert not await stores.deliveries.settle(held, failed_attempt(), DELIVERED)
    await stores.registry.delete(one.id)
    assert not await stores.deliveries.settle(held, failed_attempt(), DELIVERED)


async def test_a_webhook_is_switched_off_with_the_reason_and_on_again_without(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    (claim,) = await claimed(stores)
    gone = Verdict(state=DeliveryState.FAILED, failures=1, failing_since=NOON, disabled_reason="It is gone.")
    assert await stores.deliveries.settle(claim, failed_attempt(), gone)
    found = await stores.registry.get(one.id)
    assert (found.terms.is_enabled, found.disabled_reason, found.failing_since) == (False, "It is gone.", NOON)
    assert await stores.registry.change(one.id, one.terms) == one


async def test_a_delivery_is_started_again_whatever_became_of_it(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    await stores.deliveries.add([delivery(one)])
    (claim,) = await claimed(stores)
    await stores.deliveries.settle(claim, failed_attempt(), Verdict(state=DeliveryState.FAILED, failures=10))
    started = await stores.deliveries.restart(claim.delivery.id, at=later(7))
    assert (started.state, started.next_attempt_at, started.failures) == (DeliveryState.PENDING, later(7), 0)
    assert (started.attempt_count, len(started.attempts)) == (1, 1)
    assert [each.delivery for each in await claimed(stores, later(7))] == [started]


async def test_old_deliveries_leave_the_log(stores: WebhookStores) -> None:
    one = webhook()
    await registered(stores, one)
    old, kept = delivery(one, created_at=later(-1)), delivery(one)
    await stores.deliveries.add([old, kept])
    assert await stores.deliveries.purge(NOON) == 1
    assert await stores.deliveries.newest(one.id, limit=9) == [kept]


async def test_a_tenant_reaches_its_own_deliveries_only(stores: WebhookStores) -> None:
    mine, theirs = webhook(tenant="mine"), webhook(tenant="theirs")
    await registered(stores, mine, theirs)
    ours = stores.deliveries.for_tenant("mine")
    own, foreign = delivery(mine), delivery(theirs)
    await ours.add([own, delivery(theirs)])
    await stores.deliveries.add([foreign])
    assert await ours.get(own.id) == own
    assert await ours.restart(own.id, at=later(3)) == dataclasses.replace(own, next_attempt_at=later(3))
    assert await ours.newest(theirs.id, limit=9) == []
    for call in (ours.get(foreign.id), ours.restart(foreign.id, at=NOON), ours.get(DeliveryId("msg_unknown"))):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND
    assert await stores.deliveries.newest(theirs.id, limit=9) == [foreign]
