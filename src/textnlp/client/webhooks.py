# Made from the OpenAPI document. To renew: make reference
"""The operations around webhooks, and the models."""

import datetime as dt

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


class AttemptRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One post of the event.

    Attributes:
        number: 1 for the first attempt of the delivery.
        status_code: what the receiver answered, null where it did not.
        error: what went wrong, null for a success.
        response: the beginning of the receiver's answer, 1 KB at most.
    """

    number: int
    at: dt.datetime
    duration_seconds: float
    status_code: int | None
    error: str | None
    response: str


class DeliveryState(OpenEnum):
    """Where a delivery is; a failed one is tried again only on request."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"


class DeliveryRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An event on its way to a webhook.

    Attributes:
        id: the `webhook-id` of its messages, the same with every attempt.
        next_attempt_at: when it is posted next, null when it is not.
        attempt_count: attempts in all.
        attempts: the latest twenty of them, oldest first.
        payload: what is posted.
    """

    id: str
    event_id: str
    event_type: str
    state: DeliveryState
    created_at: dt.datetime
    next_attempt_at: dt.datetime | None
    attempt_count: int
    attempts: list[AttemptRead]
    payload: str


class DeliveryPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Deliveries of the last thirty days, newest first; `next_before` continues the listing where it is not null."""

    deliveries: list[DeliveryRead]
    next_before: str | None


class WebhookCreated(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A webhook that was registered, with the secret that its messages are signed with.

    Attributes:
        disabled_reason: why the platform has switched it off; null where it has not.
        failing_since: the first failed attempt since the last success.
    """

    id: str
    url: str
    event_types: list[str]
    description: str
    is_enabled: bool
    created_at: dt.datetime
    disabled_reason: str | None
    failing_since: dt.datetime | None
    secret: str


class WebhookRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A webhook; its secret is shown when it is registered or exchanged, and never again.

    Attributes:
        disabled_reason: why the platform has switched it off; null where it has not.
        failing_since: the first failed attempt since the last success.
    """

    id: str
    url: str
    event_types: list[str]
    description: str
    is_enabled: bool
    created_at: dt.datetime
    disabled_reason: str | None
    failing_since: dt.datetime | None


class WebhookPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Webhooks, newest first; `next_before` continues the listing where it is not null."""

    webhooks: list[WebhookRead]
    next_before: str | None


class WebhookSecretRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The secret that messages are signed with; until `previous_valid_until` they carry the former signature, too."""

    secret: str
    previous_valid_until: dt.datetime


class WebhookWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where, of what and whether to be told of events.

    Attributes:
        url: where events are posted to: https, on the open internet.
        event_types: the events to be told of; all of them where unset.
    """

    url: str
    event_types: list[str] | None = None
    description: str | None = None
    is_enabled: bool | None = None


class Webhooks:
    """The operations around webhooks, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int | None = None, before: str | None = None) -> WebhookPage:
        """List webhooks, newest first, without their secrets."""
        return self._transport.decoded(_list(limit=limit, before=before), WebhookPage)

    def register(self, body: WebhookWrite) -> WebhookCreated:
        """Register where events are posted to; the secret that they are signed with is shown this once."""
        return self._transport.decoded(_register(body), WebhookCreated)

    def show(self, webhook_id: str) -> WebhookRead:
        """Show a webhook, without its secret."""
        return self._transport.decoded(_show(webhook_id), WebhookRead)

    def change(self, webhook_id: str, body: WebhookWrite) -> WebhookRead:
        """Replace where, of what and whether it is told; enabling it again sends what waited meanwhile."""
        return self._transport.decoded(_change(webhook_id, body), WebhookRead)

    def remove(self, webhook_id: str) -> None:
        """Delete a webhook with its log; what waits for it is not sent."""
        self._transport.done(_remove(webhook_id))

    def rotate_secret(self, webhook_id: str) -> WebhookSecretRead:
        """Sign with another secret, which is shown this once; for a day messages carry the former signature, too."""
        return self._transport.decoded(_rotate_secret(webhook_id), WebhookSecretRead)

    def send_test_event(self, webhook_id: str) -> DeliveryRead:
        """Put an event `Webhook.Tested` on its way; the log tells whether it arrived."""
        return self._transport.decoded(_send_test_event(webhook_id), DeliveryRead)

    def list_deliveries(self, webhook_id: str, *, limit: int | None = None, before: str | None = None) -> DeliveryPage:
        """List the events of the last thirty days, newest first, with every attempt to post them."""
        return self._transport.decoded(_list_deliveries(webhook_id, limit=limit, before=before), DeliveryPage)

    def redeliver_event(self, webhook_id: str, delivery_id: str) -> DeliveryRead:
        """Post an event once more, with the same `webhook-id`, whatever became of it."""
        return self._transport.decoded(_redeliver_event(webhook_id, delivery_id), DeliveryRead)


class AsyncWebhooks:
    """The operations around webhooks, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None, before: str | None = None) -> WebhookPage:
        """List webhooks, newest first, without their secrets."""
        return await self._transport.decoded(_list(limit=limit, before=before), WebhookPage)

    async def register(self, body: WebhookWrite) -> WebhookCreated:
        """Register where events are posted to; the secret that they are signed with is shown this once."""
        return await self._transport.decoded(_register(body), WebhookCreated)

    async def show(self, webhook_id: str) -> WebhookRead:
        """Show a webhook, without its secret."""
        return await self._transport.decoded(_show(webhook_id), WebhookRead)

    async def change(self, webhook_id: str, body: WebhookWrite) -> WebhookRead:
        """Replace where, of what and whether it is told; enabling it again sends what waited meanwhile."""
        return await self._transport.decoded(_change(webhook_id, body), WebhookRead)

    async def remove(self, webhook_id: str) -> None:
        """Delete a webhook with its log; what waits for it is not sent."""
        await self._transport.done(_remove(webhook_id))

    async def rotate_secret(self, webhook_id: str) -> WebhookSecretRead:
        """Sign with another secret, which is shown this once; for a day messages carry the former signature, too."""
        return await self._transport.decoded(_rotate_secret(webhook_id), WebhookSecretRead)

    async def send_test_event(self, webhook_id: str) -> DeliveryRead:
        """Put an event `Webhook.Tested` on its way; the log tells whether it arrived."""
        return await self._transport.decoded(_send_test_event(webhook_id), DeliveryRead)

    async def list_deliveries(
        self, webhook_id: str, *, limit: int | None = None, before: str | None = None
    ) -> DeliveryPage:
        """List the events of the last thirty days, newest first, with every attempt to post them."""
        return await self._transport.decoded(_list_deliveries(webhook_id, limit=limit, before=before), DeliveryPage)

    async def redeliver_event(self, webhook_id: str, delivery_id: str) -> DeliveryRead:
        """Post an event once more, with the same `webhook-id`, whatever became of it."""
        return await self._transport.decoded(_redeliver_event(webhook_id, delivery_id), DeliveryRead)


def _list(*, limit: int | None = None, before: str | None = None) -> Call:
    return Call(method="GET", path="/api/v1/webhooks", query={"limit": limit, "before": before})


def _register(body: WebhookWrite) -> Call:
    return Call(method="POST", path="/api/v1/webhooks", body=body, takes_key=True)


def _show(webhook_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/webhooks/{segment(webhook_id)}")


def _change(webhook_id: str, body: WebhookWrite) -> Call:
    return Call(method="PUT", path=f"/api/v1/webhooks/{segment(webhook_id)}", body=body)


def _remove(webhook_id: str) -> Call:
    return Call(method="DELETE", path=f"/api/v1/webhooks/{segment(webhook_id)}")


def _rotate_secret(webhook_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/webhooks/{segment(webhook_id)}/rotate-secret")


def _send_test_event(webhook_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/webhooks/{segment(webhook_id)}/test")


def _list_deliveries(webhook_id: str, *, limit: int | None = None, before: str | None = None) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/webhooks/{segment(webhook_id)}/deliveries",
        query={"limit": limit, "before": before},
    )


def _redeliver_event(webhook_id: str, delivery_id: str) -> Call:
    return Call(
        method="POST", path=f"/api/v1/webhooks/{segment(webhook_id)}/deliveries/{segment(delivery_id)}/redeliver"
    )
