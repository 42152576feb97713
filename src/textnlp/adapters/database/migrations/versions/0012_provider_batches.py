"""Batches that a model's provider works through on a tenant's behalf."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BATCHES = """
create table textnlp.provider_batches (
    created_at timestamptz not null,
    key text collate "C" primary key,
    tenant text collate "C" not null,
    engine text not null,
    file_id text,
    batch_id text,
    row_hashes bytea not null constraint provider_batches_hashes_are_whole check (octet_length(row_hashes) % 16 = 0)
)
"""
_INDEX = "create index provider_batches_of_tenant on textnlp.provider_batches (tenant, created_at, key)"
_POLICY = """
grant select, insert, delete, update (file_id, batch_id) on textnlp.provider_batches to textnlp_tenant;
alter table textnlp.provider_batches enable row level security;
create policy own_provider_batches on textnlp.provider_batches to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_BATCHES, _INDEX, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.provider_batches")
