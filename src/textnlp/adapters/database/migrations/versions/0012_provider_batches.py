"""Batches at providers, from before they are handed over until their answers are taken."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BATCHES = """
create table textnlp.provider_batches (
    tenant text collate "C" not null,
    key text collate "C" not null,
    deployment text not null,
    model text not null,
    hashes bytea not null constraint provider_batches_hashes_are_whole check (mod(octet_length(hashes), 16) = 0),
    prompt_tokens bigint not null,
    round integer not null,
    recorded_at timestamptz not null,
    touched_at timestamptz not null,
    file_id text,
    batch_id text,
    primary key (tenant, key)
)
"""
_POLICY = """
grant select, insert, delete, update (file_id, batch_id, touched_at) on textnlp.provider_batches to textnlp_tenant;
alter table textnlp.provider_batches enable row level security;
create policy own_provider_batches on textnlp.provider_batches to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_BATCHES, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.provider_batches")
