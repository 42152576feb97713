"""A webhook, as it is registered and as it is shown."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.webhooks.model import EVENT_TYPES, Webhook, WebhookTerms
from textnlp.domain.webhooks.target import MAX_URL_CHARACTERS

_Url = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_URL_CHARACTERS)]
_EventTypes = Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(min_length=1, max_length=50)]
_SECRET = "whsec_…"  # noqa: S105  no secret
_IdText = Annotated[str, msgspec.Meta(max_length=64)]


class WebhookWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where, of what and whether to be told of events.

    Attributes:
        url: where events are posted to: https, on the open internet.
        event_types: the events to be told of; all of them where unset.
    """

    url: _Url
    event_types: _EventTypes | None = None
    description: Annotated[str, msgspec.Meta(max_length=300)] = ""
    is_enabled: bool = True

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "url": "https://receiver.example.com/events",
        "event_types": [EVENT_TYPES[0]],
        "description": "Tells the pipeline that its data is there.",
    }

    def terms(self) -> WebhookTerms:
        """Return the terms that are asked for, each event type once."""
        return WebhookTerms(
            url=self.url,
            event_types=tuple(dict.fromkeys(self.event_types or EVENT_TYPES)),
            description=self.description,
            is_enabled=self.is_enabled,
        )


class WebhookRead(msgspec.Struct, kw_only=True):
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
    created_at: datetime
    disabled_reason: str | None
    failing_since: datetime | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "hook_01kx3v9qe8m2t6f0r7w4z1c5ny",
        **WebhookWrite.EXAMPLE,
        "is_enabled": True,
        "created_at": "2026-03-01T12:00:00Z",
        "disabled_reason": None,
        "failing_since": None,
    }


class WebhookCreated(WebhookRead, kw_only=True):
    """A webhook that was registered, with the secret that its messages are signed with."""

    secret: str

    EXAMPLE: ClassVar[dict[str, Any]] = {**WebhookRead.EXAMPLE, "secret": _SECRET}


class WebhookPage(msgspec.Struct, kw_only=True):
    """Webhooks, newest first; `next_before` continues the listing where it is not null."""

    webhooks: list[WebhookRead]
    next_before: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"webhooks": [WebhookRead.EXAMPLE], "next_before": None}


class WebhookListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which webhooks to list: those older than the webhook `before`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    before: _IdText | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 50}


class WebhookSecretRead(msgspec.Struct, kw_only=True):
    """The secret that messages are signed with; until `previous_valid_until` they carry the former signature, too."""

    secret: str
    previous_valid_until: datetime

    EXAMPLE: ClassVar[dict[str, Any]] = {"secret": _SECRET, "previous_valid_until": "2026-03-02T12:00:00Z"}


def read_webhook(webhook: Webhook) -> WebhookRead:
    """Show a webhook."""
    return WebhookRead(**_fields(webhook))


def read_created(webhook: Webhook, secret: str) -> WebhookCreated:
    """Show a webhook with its secret."""
    return WebhookCreated(**_fields(webhook), secret=secret)


def _fields(webhook: Webhook) -> dict[str, Any]:
    terms = webhook.terms
    return {
        "id": webhook.id,
        "url": terms.url,
        "event_types": list(terms.event_types),
        "description": terms.description,
        "is_enabled": terms.is_enabled,
        "created_at": webhook.created_at,
        "disabled_reason": webhook.disabled_reason,
        "failing_since": webhook.failing_since,
    }
