import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

import pytest
from standardwebhooks import Webhook as StandardWebhook

from tests.contract.webhook_cases import URL, delivery, webhook
from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import memory_webhook_ports
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.webhooks.memory import MemoryWebhookTransport
from textnlp.application.deliver_webhooks import WebhookDeliverer
from textnlp.application.redeliver_event import redeliver_event
from textnlp.application.send_test_event import send_test_event
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.webhooks.model import TEST_EVENT, Delivery, DeliveryState, Webhook
from textnlp.domain.webhooks.rules import DISABLED_AFTER
from textnlp.domain.webhooks.signature import SigningSecret, new_secret
from textnlp.ports.webhook_transport import ReceiverAnswer

DAY = 86_400.0


class Scene:
    """A webhook, its receiver, and a clock that starts at the present moment and stands still."""

    def __init__(self) -> None:
        self.clock = ManualClock(now=SystemClock().now())
        self.transport = MemoryWebhookTransport({"receiver.example": ["93.184.215.14"]})
        self.ports = memory_webhook_ports(transport=self.transport, clock=self.clock)
        self.webhook: Webhook = webhook()
        self.secret: SigningSecret = new_secret()

    async def added(self) -> Delivery:
        """Put an event on its way."""
        now = self.clock.now()
        made = delivery(self.webhook, due=now, created_at=now)
        await self.ports.deliveries.add([made])
        return made

    async def seen(self, made: Delivery) -> Delivery:
        return await self.ports.deliveries.get(made.id)

    @contextlib.asynccontextmanager
    async def delivering(self, *, look_seconds: float = 0.5) -> AsyncGenerator[None]:
        deliverer = WebhookDeliverer(self.ports, look_seconds=look_seconds, jitter=lambda: 0.0)
        task = asyncio.create_task(deliverer.run())
        await self.clock.advance(0)
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.ports.registry.create(made.webhook, made.secret)
    return made


async def test_an_event_is_posted_signed_and_logged(scene: Scene) -> None:
    made = await scene.added()
    async with scene.delivering():
        await scene.clock.advance(1)
    ((url, headers, body),) = scene.transport.posted
    assert (url, body, headers["webhook-id"], headers["Content-Type"]) == (URL, made.body, made.id, "application/json")
    assert StandardWebhook(scene.secret.text).verify(body, dict(headers)) == {"type": "Batch.Completed"}
    seen = await scene.seen(made)
    assert (seen.state, [attempt.status_code for attempt in seen.attempts]) == (DeliveryState.DELIVERED, [204])


async def test_what_fails_is_posted_again_on_schedule_with_the_same_id(scene: Scene) -> None:
    away = TextNLPError("The receiver cannot be reached.", kind=ErrorKind.UNAVAILABLE)
    scene.transport.answer(URL, ReceiverAnswer(status_code=500, response="oops"), away)
    made = await scene.added()
    async with scene.delivering():
        await scene.clock.advance(1)
        assert len(scene.transport.posted) == 1
        await scene.clock.advance(5)
        assert len(scene.transport.posted) == 2
        await scene.clock.advance(290)
        assert len(scene.transport.posted) == 2
        await scene.clock.advance(20)
    assert {headers["webhook-id"] for _, headers, _ in scene.transport.posted} == {made.id}
    assert len({headers["webhook-timestamp"] for _, headers, _ in scene.transport.posted}) == 3
    seen = await scene.seen(made)
    assert [(each.number, each.status_code, each.error, each.response) for each in seen.attempts] == [
        (1, 500, "The receiver answered 500.", "oops"),
        (2, None, "The receiver cannot be reached.", ""),
        (3, 204, None, ""),
    ]


async def test_a_receiver_that_asks_to_wait_is_left_alone(scene: Scene) -> None:
    scene.transport.answer(URL, ReceiverAnswer(status_code=429, retry_after_seconds=100))
    await scene.added()
    async with scene.delivering():
        await scene.clock.advance(95)
        assert len(scene.transport.posted) == 1
        await scene.clock.advance(10)
        assert len(scene.transport.posted) == 2


async def test_a_receiver_that_is_gone_switches_its_webhook_off(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.transport.answer(URL, ReceiverAnswer(status_code=410))
    made = await scene.added()
    with caplog.at_level(logging.WARNING):
        async with scene.delivering(look_seconds=600):
            await scene.clock.advance(DAY)
    assert len(scene.transport.posted) == 1
    found = await scene.ports.registry.get(scene.webhook.id)
    assert not found.terms.is_enabled
    assert (await scene.seen(made)).state is DeliveryState.FAILED
    assert scene.webhook.id in caplog.text
    assert scene.secret.text not in caplog.text
    for call in (
        send_test_event(scene.ports, scene.webhook.id),
        redeliver_event(scene.ports, scene.webhook.id, made.id),
    ):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.CONFLICT


async def test_after_days_of_failure_a_webhook_is_switched_off_and_what_waits_is_kept(scene: Scene) -> None:
    scene.transport.answer(URL, *[ReceiverAnswer(status_code=500)] * 30)
    first = await scene.added()
    async with scene.delivering(look_seconds=600):
        await scene.clock.advance(4 * DAY)
        assert (await scene.seen(first)).state is DeliveryState.FAILED
        assert (await scene.ports.registry.get(scene.webhook.id)).terms.is_enabled
        await scene.clock.advance(DISABLED_AFTER.total_seconds() - 4 * DAY)
        second = await scene.added()
        await scene.clock.advance(DAY)
        found = await scene.ports.registry.get(scene.webhook.id)
        assert (found.terms.is_enabled, found.disabled_reason is None) == (False, False)
        assert (await scene.seen(second)).state is DeliveryState.PENDING
        await scene.ports.registry.change(scene.webhook.id, scene.webhook.terms)
        tried = len(scene.transport.posted)
        await scene.clock.advance(600)
    assert len(scene.transport.posted) == tried + 1


async def test_many_events_go_out_a_few_at_a_time_until_all_are_out(scene: Scene) -> None:
    made = [await scene.added() for _ in range(40)]
    async with scene.delivering():
        await scene.clock.advance(20)
    assert {headers["webhook-id"] for _, headers, _ in scene.transport.posted} == {each.id for each in made}
    assert len(scene.transport.posted) == 40


async def test_a_store_that_is_away_is_asked_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await scene.added()

    async def fail(**_: object) -> None:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    with monkeypatch.context() as patch:
        patch.setattr(scene.ports.deliveries, "claim", fail)
        async with scene.delivering():
            await scene.clock.advance(2)
            patch.undo()
            await scene.clock.advance(2)
    assert (await scene.seen(made)).state is DeliveryState.DELIVERED


async def test_what_could_not_be_logged_is_posted_again_once_its_lease_is_over(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await scene.added()

    async def fail(*_: object) -> None:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(scene.ports.deliveries, "settle", fail)
    async with scene.delivering():
        await scene.clock.advance(1)
        monkeypatch.undo()
        assert (len(scene.transport.posted), (await scene.seen(made)).attempt_count) == (1, 0)
        await scene.clock.advance(65)
    assert [headers["webhook-id"] for _, headers, _ in scene.transport.posted] == [made.id, made.id]
    assert (await scene.seen(made)).state is DeliveryState.DELIVERED


async def test_a_test_event_goes_out_like_any_other_and_again_on_request(scene: Scene) -> None:
    made = await send_test_event(scene.ports, scene.webhook.id)
    async with scene.delivering():
        await scene.clock.advance(1)
        assert (await scene.seen(made)).state is DeliveryState.DELIVERED
        await redeliver_event(scene.ports, scene.webhook.id, made.id)
        await scene.clock.advance(1)
    assert (made.event_type, len(scene.transport.posted)) == (TEST_EVENT, 2)
    assert [attempt.number for attempt in (await scene.seen(made)).attempts] == [1, 2]


async def test_a_delivery_of_another_webhook_is_not_sent_again(scene: Scene) -> None:
    other = webhook()
    await scene.ports.registry.create(other, new_secret())
    made = await scene.added()
    with pytest.raises(TextNLPError) as caught:
        await redeliver_event(scene.ports, other.id, made.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND
