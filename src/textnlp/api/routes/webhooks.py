"""Webhooks: where a tenant is told of events."""

from http import HTTPStatus
from typing import Any

from litestar import Request, delete, get, post, put
from litestar.params import FromPath

from textnlp.api.caller import principal_of, webhook_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.webhook import (
    WebhookCreated,
    WebhookListQuery,
    WebhookPage,
    WebhookRead,
    WebhookSecretRead,
    WebhookWrite,
    read_created,
    read_webhook,
)
from textnlp.api.text_fields import read_query
from textnlp.application.change_webhook import change_webhook
from textnlp.application.register_webhook import register_webhook
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import WebhookId
from textnlp.domain.webhooks.model import WebhookTerms
from textnlp.domain.webhooks.signature import new_secret
from textnlp.topology.scopes import READ, WRITE

WEBHOOKS = "/api/v1/webhooks"
_WEBHOOK = f"{WEBHOOKS}/{{webhook_id:str}}"


@post(
    WEBHOOKS,
    status_code=HTTPStatus.CREATED,
    summary="Register a webhook",
    opt=described(
        operation="register_webhook",
        grant=WRITE,
        takes_idempotency_key=True,
        body=WebhookWrite,
        answer=WebhookCreated,
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def register(request: Request[Any, Any, Any]) -> WebhookCreated:
    """Register where events are posted to; the secret that they are signed with is shown this once."""
    terms = await _terms(request)
    tenant = principal_of(request.scope).tenant
    webhook, secret = await register_webhook(webhook_ports_of(request.scope), terms, tenant=tenant)
    return read_created(webhook, secret.text)


@get(WEBHOOKS, summary="List webhooks", opt=described(grant=READ, query=WebhookListQuery, answer=WebhookPage))
async def list_webhooks(request: Request[Any, Any, Any]) -> WebhookPage:
    """List webhooks, newest first, without their secrets."""
    query = read_query(request, WebhookListQuery)
    before = None if query.before is None else WebhookId(query.before)
    webhooks = await webhook_ports_of(request.scope).registry.newest(before=before, limit=query.limit)
    return WebhookPage(
        webhooks=[read_webhook(webhook) for webhook in webhooks],
        next_before=webhooks[-1].id if len(webhooks) == query.limit else None,
    )


@get(_WEBHOOK, summary="Show a webhook", opt=described(grant=READ, answer=WebhookRead))
async def show_webhook(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> WebhookRead:
    """Show a webhook, without its secret."""
    return read_webhook(await webhook_ports_of(request.scope).registry.get(WebhookId(webhook_id)))


@put(
    _WEBHOOK,
    summary="Change a webhook",
    opt=described(operation="change_webhook", grant=WRITE, body=WebhookWrite, answer=WebhookRead),
)
async def change(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> WebhookRead:
    """Replace where, of what and whether it is told; enabling it again sends what waited meanwhile."""
    terms = await _terms(request)
    return read_webhook(await change_webhook(webhook_ports_of(request.scope), WebhookId(webhook_id), terms))


@delete(_WEBHOOK, status_code=HTTPStatus.NO_CONTENT, summary="Delete a webhook", opt=described(grant=WRITE))
async def remove_webhook(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> None:
    """Delete a webhook with its log; what waits for it is not sent."""
    await webhook_ports_of(request.scope).registry.delete(WebhookId(webhook_id))


@post(
    f"{_WEBHOOK}/rotate-secret",
    status_code=HTTPStatus.OK,
    summary="Exchange the secret of a webhook",
    opt=described(operation="rotate_webhook_secret", grant=WRITE, answer=WebhookSecretRead),
)
async def rotate_secret(request: Request[Any, Any, Any], webhook_id: FromPath[str]) -> WebhookSecretRead:
    """Sign with another secret, which is shown this once; for a day messages carry the former signature, too."""
    ports, secret = webhook_ports_of(request.scope), new_secret()
    until = await ports.registry.exchange_secret(WebhookId(webhook_id), secret, at=ports.clock.now())
    return WebhookSecretRead(secret=secret.text, previous_valid_until=until)


async def _terms(request: Request[Any, Any, Any]) -> WebhookTerms:
    limits = services_of(request.scope).limits
    return (await read_document(request, WebhookWrite, max_bytes=limits.max_request_body_bytes)).terms()
