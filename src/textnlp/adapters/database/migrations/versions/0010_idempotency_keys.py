"""Keys of calls that may be repeated, and what they were answered with."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Rows live for a day at most and are changed once: vacuum follows close behind, at full speed.
_KEYS = """
create table textnlp.idempotency_keys (
    claimed_at timestamptz not null,
    expires_at timestamptz not null,
    status smallint,
    key_id bytea primary key constraint idempotency_keys_key_is_sha256 check (octet_length(key_id) = 32),
    claim_id text collate "C" not null,
    tenant text not null,
    fingerprint bytea,
    headers bytea,
    body bytea
) with (
    fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
)
"""
_INDEX = "create index idempotency_keys_expiry on textnlp.idempotency_keys (expires_at)"
_POLICY = """
grant select, insert, update, delete on textnlp.idempotency_keys to textnlp_tenant;
alter table textnlp.idempotency_keys enable row level security;
create policy own_idempotency_keys on textnlp.idempotency_keys to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_KEYS, _INDEX, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.idempotency_keys")
