"""Clients of the API, and what their keys open."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Limits are `json`, not `jsonb`, which would forget in which order they were given.
_CLIENTS = """
create table textnlp.clients (
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    id text collate "C" primary key,
    key_prefix text collate "C" not null constraint clients_key_prefix_is_unique unique,
    tenant text not null,
    name text not null,
    grants text[] not null,
    call_limits json not null,
    key_hash bytea not null constraint clients_key_hash_is_sha256 check (octet_length(key_hash) = 32)
) with (fillfactor = 70)
"""

_TENANT = "create index clients_tenant on textnlp.clients (tenant, id)"


def upgrade() -> None:
    for statement in (_CLIENTS, _TENANT):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.clients")
