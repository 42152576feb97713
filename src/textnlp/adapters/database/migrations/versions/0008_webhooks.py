"""Webhooks, their secrets, and the events on their way to them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WEBHOOKS = """
create table textnlp.webhooks (
    created_at timestamptz not null,
    failing_since timestamptz,
    is_enabled boolean not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    url text not null,
    event_types text[] not null,
    description text not null,
    disabled_reason text
) with (fillfactor = 70)
"""

_SECRETS = """
create table textnlp.webhook_secrets (
    created_at timestamptz not null,
    valid_until timestamptz,
    number integer not null,
    webhook_id text collate "C" not null references textnlp.webhooks on delete cascade,
    secret text not null,
    primary key (webhook_id, number)
)
"""

_DELIVERIES = """
create table textnlp.webhook_deliveries (
    created_at timestamptz not null,
    next_attempt_at timestamptz,
    leased_until timestamptz,
    failures integer not null default 0,
    attempt_count integer not null default 0,
    id text collate "C" primary key,
    webhook_id text collate "C" not null references textnlp.webhooks on delete cascade,
    tenant text collate "C" not null,
    event_id text not null,
    event_type text not null,
    state text not null,
    body bytea not null,
    attempts json not null default '[]',
    constraint webhook_deliveries_event_is_unique unique (webhook_id, event_id)
) with (fillfactor = 70)
"""

_INDEXES = (
    "create index webhooks_of_tenant on textnlp.webhooks (tenant, id desc)",
    "create index webhook_deliveries_by_webhook on textnlp.webhook_deliveries (webhook_id, id desc)",
    "create index webhook_deliveries_due on textnlp.webhook_deliveries (next_attempt_at) where state = 'pending'",
    "create index webhook_deliveries_by_age on textnlp.webhook_deliveries (created_at)",
)

# A tenant may exchange a secret and see until when each is valid, but never read one.
_GRANTS = """
grant select, insert, update, delete on textnlp.webhooks to textnlp_tenant;
grant select (created_at, valid_until, number, webhook_id), insert, update (valid_until), delete
    on textnlp.webhook_secrets to textnlp_tenant;
grant select, insert, update (state, next_attempt_at, failures) on textnlp.webhook_deliveries to textnlp_tenant
"""

_POLICIES = """
alter table textnlp.webhooks enable row level security;
alter table textnlp.webhook_secrets enable row level security;
alter table textnlp.webhook_deliveries enable row level security;
create policy own_webhooks on textnlp.webhooks to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_secrets on textnlp.webhook_secrets to textnlp_tenant
    using (webhook_id in (select own.id from textnlp.webhooks as own));
create policy own_deliveries on textnlp.webhook_deliveries to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant') and webhook_id in (select own.id from textnlp.webhooks as own))
"""


def upgrade() -> None:
    for statement in (_WEBHOOKS, _SECRETS, _DELIVERIES, *_INDEXES, _GRANTS, _POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_secrets", "webhooks"):
        op.execute(f"drop table textnlp.{table}")
