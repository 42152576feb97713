"""What cannot be had of webhooks, and why."""

from collections.abc import Iterable

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.webhooks.model import EVENT_TYPES, Webhook


def no_such_webhook() -> TextNLPError:
    """Build the error for a webhook that is not there."""
    return not_found("There is no such webhook.")


def no_such_delivery() -> TextNLPError:
    """Build the error for a delivery that is not there."""
    return not_found("There is no such delivery of this webhook.")


def foreign_webhook() -> TextNLPError:
    """Build the error for a webhook that a tenant registers for another."""
    return TextNLPError("The webhook belongs to another tenant.", kind=ErrorKind.FORBIDDEN)


def require_enabled(webhook: Webhook) -> None:
    """Return for a webhook that is told of events; raise `CONFLICT` otherwise."""
    if not webhook.terms.is_enabled:
        raise TextNLPError(
            f"{webhook.id} is disabled.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Enable it first, with PUT and is_enabled true."),
        )


def require_event_types(names: Iterable[str]) -> None:
    """Return for event types of which each is announced and there is one; raise `INVALID_INPUT` otherwise."""
    asked = list(names)
    if not asked or not set(asked) <= set(EVENT_TYPES):
        message = "There is no such event type." if asked else "A webhook needs an event type."
        facts = ErrorFacts(field="event_types", hint=f"Choose from {', '.join(EVENT_TYPES)}.")
        raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=facts)
