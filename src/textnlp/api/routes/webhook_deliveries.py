"""What became of telling webhooks of events."""

from http import HTTPStatus
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.caller import webhook_ports_of
from textnlp.api.openapi import described
from textnlp.api.routes.webhooks import WEBHOOKS
from textnlp.api.schemas.webhook_delivery import DeliveryListQuery, DeliveryPage, DeliveryRead, read_delivery
from textnlp.api.text_fields import read_query
from textnlp.application.redeliver_event import redeliver_event
from textnlp.application.send_test_event import send_test_event
from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.topology.scopes import READ, WRITE

_WEBHOOK = f"{WEBHOOKS}/{{webhook_id:str}}"
_DELIVERIES = f"{_WEBHOOK}/deliveries"


@post(
    f"{_WEBHOOK}/test",
    status_code=HTTPStatus.ACCEPTED,
    summary="Send a test event",
    opt=described(operation="send_test_event", grant=WRITE, answer=DeliveryRead),
)
async def send_test(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> DeliveryRead:
    """Put an event `Webhook.Tested` on its way; the log tells whether it arrived."""
    return read_delivery(await send_test_event(webhook_ports_of(request.scope), WebhookId(webhook_id)))


@get(
    _DELIVERIES,
    summary="List deliveries to a webhook",
    opt=described(operation="list_webhook_deliveries", grant=READ, query=DeliveryListQuery, answer=DeliveryPage),
)
async def list_deliveries(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> DeliveryPage:
    """List the events of the last thirty days, newest first, with every attempt to post them."""
    query = read_query(request, DeliveryListQuery)
    ports = webhook_ports_of(request.scope)
    webhook = await ports.registry.get(WebhookId(webhook_id))
    before = None if query.before is None else DeliveryId(query.before)
    deliveries = await ports.deliveries.newest(webhook.id, before=before, limit=query.limit)
    return DeliveryPage(
        deliveries=[read_delivery(delivery) for delivery in deliveries],
        next_before=deliveries[-1].id if len(deliveries) == query.limit else None,
    )


@post(
    f"{_DELIVERIES}/{{delivery_id:str}}/redeliver",
    status_code=HTTPStatus.ACCEPTED,
    summary="Send an event again",
    opt=described(operation="redeliver_event", grant=WRITE, answer=DeliveryRead),
)
async def redeliver(
    request: Request[Any, Any, Any], webhook_id: FromPath[str], delivery_id: FromPath[str]
) -> DeliveryRead:
    """Post an event once more, with the same `webhook-id`, whatever became of it."""
    ports = webhook_ports_of(request.scope)
    return read_delivery(await redeliver_event(ports, WebhookId(webhook_id), DeliveryId(delivery_id)))
