"""Whatever is done to them, the webhooks in PostgreSQL are as those in memory, and what is lent is lent once."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.contract.webhook_cases import NOON, WebhookStores, delivery, failed_attempt, webhook
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_webhooks import MemoryWebhookDeliveries, MemoryWebhookRegistry
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.webhook_deliveries import PostgresWebhookDeliveries
from textnlp.adapters.database.webhook_registry import PostgresWebhookRegistry
from textnlp.domain.errors import TextNLPError
from textnlp.domain.webhooks.model import Delivery, DeliveryClaim, DeliveryState, Webhook
from textnlp.domain.webhooks.rules import LENT_PER_WEBHOOK, Verdict
from textnlp.domain.webhooks.signature import new_secret

LEASE = timedelta(seconds=60)
_EVENTS = st.sampled_from(["Batch.Completed/1", "Batch.Completed/2", "Batch.Failed/3", "Batch.Failed/4", "x/5", "y/6"])
_SECONDS = st.integers(0, 90)


class _Stores(RuleBasedStateMachine):
    database_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        with psycopg.connect(self.database_url, options="-c search_path=textnlp") as connection:
            connection.execute("truncate webhooks, webhook_secrets, webhook_deliveries")
        self.database = PostgresDatabase(self.database_url, clock=SystemClock(), max_connections=2)
        registry = MemoryWebhookRegistry()
        self.model = WebhookStores(registry, MemoryWebhookDeliveries(registry.tables))
        self.kept = WebhookStores(PostgresWebhookRegistry(self.database), PostgresWebhookDeliveries(self.database))
        self.now = NOON
        self.webhooks = [webhook(), webhook(tenant="other")]
        self.made: list[Delivery] = []
        self.claims: list[DeliveryClaim] = []
        for each in self.webhooks:
            secret = new_secret()
            self.both(lambda stores, one=each, its=secret: stores.registry.create(one, its))

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()

    def both(self, call: Callable[[WebhookStores], Awaitable[Any]]) -> Any:
        answers = [self.answer(stores, call) for stores in (self.kept, self.model)]
        assert answers[0] == answers[1]
        return answers[0]

    def answer(self, stores: WebhookStores, call: Callable[[WebhookStores], Awaitable[Any]]) -> Any:
        async def ask() -> Any:
            try:
                return await call(stores)
            except TextNLPError as error:
                return error.kind

        return self.runner.run(ask())

    @rule(place=st.integers(0, 1), event_id=_EVENTS, seconds=_SECONDS)
    def add(self, place: int, event_id: str, seconds: int) -> None:
        made = delivery(self.webhooks[place], event_id=event_id, due=self.now + timedelta(seconds=seconds))
        self.made.append(made)
        self.both(lambda stores: stores.deliveries.add([made]))

    @rule(seconds=_SECONDS)
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(1, 6))
    def claim(self, limit: int) -> None:
        claims: list[DeliveryClaim] = self.both(
            lambda stores: stores.deliveries.claim(now=self.now, until=self.now + LEASE, limit=limit)
        )
        held = [each for each in self.claims if each.leased_until > self.now]
        lent = [each.delivery.id for each in (*held, *claims)]
        assert len(lent) == len(set(lent))
        for one in self.webhooks:
            assert sum(each.webhook.id == one.id for each in claims) <= LENT_PER_WEBHOOK
        self.claims = [*held, *claims]

    @rule(
        data=st.data(), seconds=st.none() | _SECONDS, is_final=st.booleans(), reason=st.sampled_from([None, None, "r"])
    )
    def settle(self, data: st.DataObject, seconds: int | None, is_final: bool, reason: str | None) -> None:  # noqa: FBT001  drawn
        if not self.claims:
            return
        claim = data.draw(st.sampled_from(self.claims))
        verdict = Verdict(state=DeliveryState.DELIVERED if is_final else DeliveryState.FAILED, disabled_reason=reason)
        if seconds is not None:
            at = self.now + timedelta(seconds=seconds)
            verdict = Verdict(state=DeliveryState.PENDING, next_attempt_at=at, failures=1, failing_since=self.now)
        attempt = failed_attempt(number=claim.delivery.attempt_count + 1, at=self.now)
        self.both(lambda stores: stores.deliveries.settle(claim, attempt, verdict))
        self.claims.remove(claim)

    @rule(data=st.data())
    def restart(self, data: st.DataObject) -> None:
        if self.made:
            chosen = data.draw(st.sampled_from(self.made))
            self.both(lambda stores: stores.deliveries.restart(chosen.id, at=self.now))

    @rule(place=st.integers(0, 1), is_enabled=st.booleans())
    def change(self, place: int, is_enabled: bool) -> None:  # noqa: FBT001  drawn
        terms = dataclasses.replace(self.webhooks[place].terms, is_enabled=is_enabled)
        self.both(lambda stores: stores.registry.change(self.webhooks[place].id, terms))

    @rule(place=st.integers(0, 1))
    def exchange(self, place: int) -> None:
        secret = new_secret()
        self.both(lambda stores: stores.registry.exchange_secret(self.webhooks[place].id, secret, at=self.now))

    @rule(seconds=_SECONDS)
    def purge(self, seconds: int) -> None:
        before: datetime = NOON + timedelta(seconds=seconds - 45)
        purged: int = self.both(lambda stores: stores.deliveries.purge(before))
        if purged:
            self.claims.clear()

    @invariant()
    def both_show_the_same(self) -> None:
        for each in self.webhooks:
            shown: Webhook = self.both(lambda stores, one=each: stores.registry.get(one.id))
            assert shown.id == each.id
            self.both(lambda stores, one=each: stores.deliveries.newest(one.id, limit=50))


@pytest.mark.postgres
def test_the_stores_agree_whatever_is_done_to_them(database_url: str) -> None:
    _Stores.database_url = database_url
    run_state_machine_as_test(
        _Stores,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
