"""Where Azure Event Grid delivers events.

The handshake is that of CloudEvents' web hooks, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
and, for subscriptions of the older schema, Event Grid's own:
https://learn.microsoft.com/azure/event-grid/webhook-event-delivery
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import msgspec
from litestar import Request, Response, post
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.application.take_event import take_event
from textnlp.domain.batches.model import BatchSpec
from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.topology.scopes import ADMIN

EVENTS = "/api/v1/events/event-grid"

_ORIGIN = "eventgrid.azure.net"
_ASKED_ORIGIN, _ALLOWED_ORIGIN = "WebHook-Request-Origin", "WebHook-Allowed-Origin"
_ALLOWED_RATE = "WebHook-Allowed-Rate"
_ANY_RATE = "*"
_METHODS = "OPTIONS, POST"
_MOST_BYTES = 1_500_000
"""Event Grid delivers 1 MB at most."""
_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"


class _Event(msgspec.Struct):
    """An event of either schema: one of CloudEvents, or one that proves whose address this is."""

    id: str
    subject: str = ""
    type: str = ""
    source: str = ""
    time: datetime | None = None
    event_type: str = msgspec.field(default="", name="eventType")
    data: dict[str, Any] = {}


_ONE_OR_MORE = cast("type[list[_Event] | _Event]", list[_Event] | _Event)


@post(EVENTS, status_code=HTTPStatus.OK, opt=described(grant=ADMIN))
async def take_events(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Take events, one or an array of them; answer the proof that Event Grid asks for with the code in it.

    Events that are nobody's are taken, too: refused, they would be delivered for a day.
    """
    services = services_of(request.scope)
    sent: list[_Event] | _Event = await read_document(request, _ONE_OR_MORE, max_bytes=_MOST_BYTES)
    platform, taken = services.platform, 0
    spec = BatchSpec(model=platform.default_model, endpoint=platform.endpoint)
    for each in sent if isinstance(sent, list) else [sent]:
        if each.event_type == _VALIDATION:
            return {"validationResponse": each.data.get("validationCode")}
        event = CloudEvent(
            id=each.id,
            type=each.type,
            source=each.source,
            subject=each.subject,
            time=each.time or platform.clock.now(),
            data=each.data,
        )
        taken += await take_event(services.batch_ports, event, spec=spec, on_batch=services.intake.add)
    return {"taken": taken}


@HTTPRouteHandler(EVENTS, http_method=HttpMethod.OPTIONS, status_code=HTTPStatus.OK, include_in_schema=False)
async def allow_origin(request: Request[Any, Any, Any]) -> Response[None]:
    """Agree to be sent events by Event Grid, and by nobody else."""
    headers = {"Allow": _METHODS}
    if request.headers.get(_ASKED_ORIGIN, "").strip().casefold() == _ORIGIN:
        headers |= {_ALLOWED_ORIGIN: _ORIGIN, _ALLOWED_RATE: _ANY_RATE}
    return Response(None, status_code=HTTPStatus.OK, headers=headers)
