"""Events on their way to webhooks, in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.adapters.database.webhook_registry import WEBHOOK_COLUMNS, webhook_of_row
from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.domain.webhooks.model import KEPT_ATTEMPTS, Attempt, Delivery, DeliveryClaim, DeliveryState, Webhook
from textnlp.domain.webhooks.refusals import no_such_delivery
from textnlp.domain.webhooks.rules import LENT_PER_WEBHOOK, Verdict
from textnlp.domain.webhooks.signature import SigningSecret

_COLUMNS: LiteralString = """
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at, failures, attempt_count,
    attempts::text
"""
_ADD: LiteralString = """
insert into webhook_deliveries (
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at
)
select %(id)s, webhooks.id, %(tenant)s, %(event_id)s, %(event_type)s, %(body)s, %(created_at)s, %(state)s,
    %(next_attempt_at)s
from webhooks where webhooks.id = %(webhook_id)s
on conflict do nothing
"""
_GET: LiteralString = "select COLUMNS from webhook_deliveries where id = %s".replace("COLUMNS", _COLUMNS)
_NEWEST: LiteralString = """
select COLUMNS from webhook_deliveries
where webhook_id = %(webhook_id)s and (%(before)s::text is null or id < %(before)s::text)
order by id desc
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_RESTART: LiteralString = """
update webhook_deliveries set state = 'pending', next_attempt_at = %s, failures = 0 where id = %s returning COLUMNS
""".replace("COLUMNS", _COLUMNS)

# What is lent takes the first places of its webhook, so that the others wait behind it. The conditions are repeated
# where the rows are locked: they are looked at again when another worker has changed a row meanwhile.
_CLAIM: LiteralString = """
with due as (
    select id, is_lent, row_number() over (partition by webhook_id order by is_lent desc, next_attempt_at, id) as place
    from (
        select waiting.id, waiting.webhook_id, waiting.next_attempt_at,
            coalesce(waiting.leased_until > %(now)s, false) as is_lent
        from webhook_deliveries as waiting
        join webhooks on webhooks.id = waiting.webhook_id and webhooks.is_enabled
        where waiting.state = 'pending' and waiting.next_attempt_at <= %(now)s
    ) as waiting
), chosen as (
    select delivery.id from webhook_deliveries as delivery join due on due.id = delivery.id
    where not due.is_lent and due.place <= %(per_webhook)s and delivery.state = 'pending'
        and delivery.next_attempt_at <= %(now)s
        and (delivery.leased_until is null or delivery.leased_until <= %(now)s)
    order by delivery.next_attempt_at, delivery.id
    limit %(limit)s
    for update of delivery skip locked
)
update webhook_deliveries set leased_until = %(until)s
where id in (select id from chosen)
returning COLUMNS
""".replace("COLUMNS", _COLUMNS)
_WEBHOOKS: LiteralString = "select COLUMNS from webhooks where id = any(%s)".replace("COLUMNS", WEBHOOK_COLUMNS)
_SECRETS: LiteralString = """
select webhook_id, secret from webhook_secrets
where webhook_id = any(%s) and (valid_until is null or valid_until > %s)
order by number desc
"""
_LENT: LiteralString = """
select attempts::text from webhook_deliveries where id = %s and leased_until = %s for update
"""
_SETTLE: LiteralString = """
update webhook_deliveries
set state = %(state)s, next_attempt_at = %(next_attempt_at)s, failures = %(failures)s, leased_until = null,
    attempt_count = attempt_count + 1, attempts = %(attempts)s::json
where id = %(id)s
"""
_JUDGE: LiteralString = """
update webhooks
set failing_since = %(failing_since)s, is_enabled = is_enabled and %(reason)s::text is null,
    disabled_reason = coalesce(%(reason)s::text, disabled_reason)
where id = %(webhook_id)s
    and (failing_since is distinct from %(failing_since)s or %(reason)s::text is not null)
"""
_PURGE: LiteralString = "delete from webhook_deliveries where created_at < %s"
_ATTEMPTS = msgspec.json.Decoder(tuple[Attempt, ...])


class PostgresWebhookDeliveries:
    """Satisfies the `WebhookDeliveries` port on the tables of revision 0008."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresWebhookDeliveries":
        """Return the deliveries as one tenant sees them; the server itself keeps the rows of others from it."""
        return PostgresWebhookDeliveries(self._database.for_tenant(tenant))

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries, all or none."""
        async with self._database.connection() as connection, connection.transaction():
            for each in deliveries:
                await connection.execute(_ADD, _values(each))

    async def get(self, delivery_id: DeliveryId) -> Delivery:
        """Return a delivery."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(delivery_id),))).fetchone()
        return _found(row)

    async def newest(
        self, webhook_id: WebhookId, *, before: DeliveryId | None = None, limit: int
    ) -> Sequence[Delivery]:
        """List deliveries to a webhook, newest first."""
        asked = {"webhook_id": storable(webhook_id), "before": storable(before), "limit": limit}
        async with self._database.connection() as connection:
            cursor = await connection.execute(_NEWEST, asked)
            return [_delivery(row) for row in await cursor.fetchall()]

    async def restart(self, delivery_id: DeliveryId, *, at: datetime) -> Delivery:
        """Make a delivery due."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_RESTART, (at, storable(delivery_id)))).fetchone()
        return _found(row)

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[DeliveryClaim]:
        """Lend deliveries that are due."""
        asked = {"now": now, "until": until, "limit": limit, "per_webhook": LENT_PER_WEBHOOK}
        async with self._database.connection() as connection, connection.transaction():
            rows = await (await connection.execute(_CLAIM, asked)).fetchall()
            deliveries = [_delivery(row) for row in rows]
            if not deliveries:
                return []
            webhooks, secrets = await _receivers(connection, {each.webhook_id for each in deliveries}, now=now)
        return [
            DeliveryClaim(
                delivery=each,
                webhook=webhooks[each.webhook_id],
                secrets=tuple(secrets[each.webhook_id]),
                leased_until=until,
            )
            for each in sorted(deliveries, key=_due_then_id)
        ]

    async def settle(self, claim: DeliveryClaim, attempt: Attempt, verdict: Verdict) -> bool:
        """Log an attempt, and do what follows from it."""
        delivery = claim.delivery
        async with self._database.connection() as connection, connection.transaction():
            row = await (await connection.execute(_LENT, (delivery.id, claim.leased_until))).fetchone()
            if row is None:
                return False
            attempts = (*_ATTEMPTS.decode(row[0]), attempt)[-KEPT_ATTEMPTS:]
            changes = {
                "id": delivery.id,
                "state": verdict.state,
                "next_attempt_at": verdict.next_attempt_at,
                "failures": verdict.failures,
                "attempts": msgspec.json.encode(attempts).decode(),
            }
            await connection.execute(_SETTLE, changes)
            judged = {"failing_since": verdict.failing_since, "reason": verdict.disabled_reason}
            await connection.execute(_JUDGE, judged | {"webhook_id": delivery.webhook_id})
        return True

    async def purge(self, created_before: datetime) -> int:
        """Remove what is old from the log."""
        async with self._database.connection() as connection:
            return (await connection.execute(_PURGE, (created_before,))).rowcount


async def _receivers(
    connection: AsyncConnection[tuple[Any, ...]], ids: set[WebhookId], *, now: datetime
) -> tuple[dict[WebhookId, Webhook], dict[WebhookId, list[SigningSecret]]]:
    wanted = sorted(ids)
    webhooks = {
        WebhookId(row[0]): webhook_of_row(row)
        for row in await (await connection.execute(_WEBHOOKS, (wanted,))).fetchall()
    }
    secrets: dict[WebhookId, list[SigningSecret]] = {webhook_id: [] for webhook_id in wanted}
    for webhook_id, secret in await (await connection.execute(_SECRETS, (wanted, now))).fetchall():
        secrets[WebhookId(webhook_id)].append(SigningSecret(secret))
    return webhooks, secrets


def _values(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "tenant": storable(delivery.tenant),
        "event_id": storable(delivery.event_id),
        "event_type": delivery.event_type,
        "body": delivery.body,
        "created_at": delivery.created_at,
        "state": delivery.state,
        "next_attempt_at": delivery.next_attempt_at,
    }


def _found(row: tuple[Any, ...] | None) -> Delivery:
    if row is None:
        raise no_such_delivery()
    return _delivery(row)


def _delivery(row: tuple[Any, ...]) -> Delivery:
    return Delivery(
        id=DeliveryId(row[0]),
        webhook_id=WebhookId(row[1]),
        tenant=row[2],
        event_id=row[3],
        event_type=row[4],
        body=bytes(row[5]),
        created_at=row[6].astimezone(UTC),
        state=DeliveryState(row[7]),
        next_attempt_at=None if row[8] is None else row[8].astimezone(UTC),
        failures=row[9],
        attempt_count=row[10],
        attempts=_ATTEMPTS.decode(row[11]),
    )


def _due_then_id(delivery: Delivery) -> tuple[datetime | None, str]:
    return delivery.next_attempt_at, delivery.id
