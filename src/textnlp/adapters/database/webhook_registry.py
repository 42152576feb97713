"""Webhooks and their secrets in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import WebhookId
from textnlp.domain.webhooks.model import Webhook, WebhookTerms
from textnlp.domain.webhooks.refusals import foreign_webhook, no_such_webhook
from textnlp.domain.webhooks.rules import MAX_SECRETS, OLD_SECRET_VALID
from textnlp.domain.webhooks.signature import SigningSecret

WEBHOOK_COLUMNS: LiteralString = """
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
"""
_CREATE: LiteralString = """
insert into webhooks (COLUMNS) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
""".replace("COLUMNS", WEBHOOK_COLUMNS)
_GET: LiteralString = "select COLUMNS from webhooks where id = %s".replace("COLUMNS", WEBHOOK_COLUMNS)
_NEWEST: LiteralString = """
select COLUMNS from webhooks
where %(before)s::text is null or id < %(before)s::text
order by id desc
limit %(limit)s
""".replace("COLUMNS", WEBHOOK_COLUMNS)
_COUNT: LiteralString = "select count(*) from webhooks where tenant = %s"
_SUBSCRIBED: LiteralString = """
select COLUMNS from webhooks where tenant = %s and is_enabled and %s = any(event_types) order by id
""".replace("COLUMNS", WEBHOOK_COLUMNS)
_CHANGE: LiteralString = """
update webhooks
set url = %s, event_types = %s, description = %s, is_enabled = %s, disabled_reason = null, failing_since = null
where id = %s
returning COLUMNS
""".replace("COLUMNS", WEBHOOK_COLUMNS)
_DELETE: LiteralString = "delete from webhooks where id = %s"
_LOCK: LiteralString = "select id from webhooks where id = %s for no key update"
_END_PRESENT: LiteralString = """
update webhook_secrets set valid_until = %(until)s where webhook_id = %(id)s and valid_until is null
"""
_ADD_ANOTHER: LiteralString = """
insert into webhook_secrets (created_at, number, webhook_id, secret)
select %(at)s, coalesce(max(number), 0) + 1, %(id)s, %(secret)s from webhook_secrets where webhook_id = %(id)s
"""
_DROP_OLDEST: LiteralString = """
delete from webhook_secrets
where webhook_id = %(id)s
    and number <= (select max(number) from webhook_secrets where webhook_id = %(id)s) - %(most)s
"""


class PostgresWebhookRegistry:
    """Satisfies the `WebhookRegistry` port on the tables of revision 0008.

    Secrets are stored in clear, in a table of their own. A tenant's connection may write and exchange them; the server
    lets it read none.
    """

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresWebhookRegistry":
        """Return the registry as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresWebhookRegistry(self._database.for_tenant(tenant))

    async def create(self, webhook: Webhook, secret: SigningSecret) -> None:
        """Add a webhook."""
        terms = webhook.terms
        values = (
            *(webhook.id, storable(webhook.tenant), terms.url, list(terms.event_types), storable(terms.description)),
            *(terms.is_enabled, webhook.created_at, webhook.disabled_reason, webhook.failing_since),
        )
        try:
            async with self._database.connection() as connection, connection.transaction():
                await connection.execute(_CREATE, values)
                await _add_secret(connection, webhook.id, secret, at=webhook.created_at)
        except UniqueViolation as exc:
            raise TextNLPError(f"There is a webhook {webhook.id} already.", kind=ErrorKind.CONFLICT) from exc
        except InsufficientPrivilege as exc:
            raise foreign_webhook() from exc

    async def get(self, webhook_id: WebhookId) -> Webhook:
        """Return a webhook."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(webhook_id),))).fetchone()
        return _found(row)

    async def newest(self, *, before: WebhookId | None = None, limit: int) -> Sequence[Webhook]:
        """List webhooks, newest first."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_NEWEST, {"before": storable(before), "limit": limit})
            return [webhook_of_row(row) for row in await cursor.fetchall()]

    async def count(self, tenant: str) -> int:
        """Count the webhooks of a tenant."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_COUNT, (storable(tenant),))).fetchone()
        return row[0] if row else 0

    async def subscribed(self, tenant: str, event_type: str) -> Sequence[Webhook]:
        """List a tenant's enabled webhooks that are told of events of this type."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_SUBSCRIBED, (storable(tenant), event_type))
            return [webhook_of_row(row) for row in await cursor.fetchall()]

    async def change(self, webhook_id: WebhookId, terms: WebhookTerms) -> Webhook:
        """Replace the terms of a webhook."""
        values = (terms.url, list(terms.event_types), storable(terms.description), terms.is_enabled)
        async with self._database.connection() as connection:
            row = await (await connection.execute(_CHANGE, (*values, storable(webhook_id)))).fetchone()
        return _found(row)

    async def exchange_secret(self, webhook_id: WebhookId, secret: SigningSecret, *, at: datetime) -> datetime:
        """Sign with another secret from now on; exchanges of one webhook take turns."""
        until = at + OLD_SECRET_VALID
        async with self._database.connection() as connection, connection.transaction():
            if await (await connection.execute(_LOCK, (storable(webhook_id),))).fetchone() is None:
                raise no_such_webhook()
            await connection.execute(_END_PRESENT, {"id": webhook_id, "until": until})
            await _add_secret(connection, webhook_id, secret, at=at)
            await connection.execute(_DROP_OLDEST, {"id": webhook_id, "most": MAX_SECRETS})
        return until

    async def delete(self, webhook_id: WebhookId) -> None:
        """Remove a webhook with its secrets and its log."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_DELETE, (storable(webhook_id),))
        if not cursor.rowcount:
            raise no_such_webhook()


async def _add_secret(
    connection: AsyncConnection[tuple[Any, ...]], webhook_id: WebhookId, secret: SigningSecret, *, at: datetime
) -> None:
    await connection.execute(_ADD_ANOTHER, {"at": at, "id": webhook_id, "secret": secret.text})


def _found(row: tuple[Any, ...] | None) -> Webhook:
    if row is None:
        raise no_such_webhook()
    return webhook_of_row(row)


def webhook_of_row(row: tuple[Any, ...]) -> Webhook:
    """Make a webhook of `WEBHOOK_COLUMNS`."""
    return Webhook(
        id=WebhookId(row[0]),
        tenant=row[1],
        terms=WebhookTerms(url=row[2], event_types=tuple(row[3]), description=row[4], is_enabled=row[5]),
        created_at=row[6].astimezone(UTC),
        disabled_reason=row[7],
        failing_since=None if row[8] is None else row[8].astimezone(UTC),
    )
