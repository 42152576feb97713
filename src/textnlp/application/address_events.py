"""Address the platform's events to the webhooks that are to be told of them."""

from datetime import datetime
from typing import Any

import msgspec

from textnlp.application.feed_slices import settle_quietly
from textnlp.application.tracing.message_span import begin_processing
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import BatchId, GenerationId, new_delivery_id
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.domain.messaging.versioned_body import UNREADABLE
from textnlp.domain.webhooks.model import EVENT_TYPES, Delivery
from textnlp.domain.webhooks.payload import encode_payload

_IDLE_WAIT_SECONDS = 5.0
_PAUSE_AFTER_ERROR_SECONDS = 1.0
_MESSAGES_AT_ONCE = 16
_BATCHES = "batches"
_GENERATIONS = "generations"
_UNREADABLE = "UnreadableEvent"


class ToldEvent(msgspec.Struct, kw_only=True):
    """What matters here of a CloudEvent."""

    id: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]


_decode = msgspec.json.Decoder(ToldEvent).decode


async def address_events(ports: WebhookPorts) -> None:
    """Make a delivery of each event for each webhook that is told of it, until cancelled.

    A message is completed once its deliveries are stored; if that fails it is delivered again, and a webhook still
    gets one delivery an event. What cannot be read as an event is dead-lettered.
    """
    while True:
        try:
            messages = await ports.queue.receive(
                ports.queue_entity, max_messages=_MESSAGES_AT_ONCE, max_wait_seconds=_IDLE_WAIT_SECONDS
            )
            for message in messages:
                with begin_processing(ports.tracer, message) as span, ports.tracer.within(span):
                    await _address(ports, message)
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            await ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)


def read_event(body: bytes) -> ToldEvent:
    """Read an event; raise `INVALID_INPUT` for what is none."""
    try:
        return _decode(body)
    except UNREADABLE as exc:
        raise invalid_input(f"This is not an event: {exc}.") from exc


async def _address(ports: WebhookPorts, message: ReceivedMessage) -> None:
    try:
        event = read_event(message.body)
    except TextNLPError as error:
        await settle_quietly(ports.queue.dead_letter(message, reason=_UNREADABLE, description=error.message))
        return
    tenant = await _owner(ports, event.subject)
    if tenant is not None and event.type in EVENT_TYPES:
        await ports.deliveries.add(await _deliveries(ports, event, tenant=tenant))
    await settle_quietly(ports.queue.complete([message]))


async def _deliveries(ports: WebhookPorts, event: ToldEvent, *, tenant: str) -> list[Delivery]:
    now = ports.clock.now()
    body = encode_payload(event.type, at=event.time, subject=event.subject, data=event.data)
    return [
        Delivery(
            id=new_delivery_id(now),
            webhook_id=webhook.id,
            tenant=webhook.tenant,
            event_id=event.id,
            event_type=event.type,
            body=body,
            created_at=now,
            next_attempt_at=now,
        )
        for webhook in await ports.registry.subscribed(tenant, event.type)
    ]


async def _owner(ports: WebhookPorts, subject: str) -> str | None:
    """Return the tenant that an event is about, or None where its batch or generation is gone."""
    kind, _, name = subject.partition("/")
    try:
        if kind == _BATCHES:
            return (await ports.ledger.get(BatchId(name))).tenant
        if kind == _GENERATIONS:
            return (await ports.generations.get(GenerationId(name))).tenant
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
    return None
