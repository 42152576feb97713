"""Answers of models, kept for whoever asks the same again."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CALLS = """
create table textnlp.call_cache (
    created_at timestamptz not null default now(),
    tenant text collate "C" not null,
    key bytea not null constraint call_cache_key_is_payload_hash check (octet_length(key) = 16),
    value bytea not null,
    primary key (tenant, key)
)
"""
_INDEX = "create index call_cache_age on textnlp.call_cache (created_at)"
# Whoever locks rows to remove them has to be allowed to change some column of theirs.
_POLICY = """
grant select, insert, delete, update (created_at) on textnlp.call_cache to textnlp_tenant;
alter table textnlp.call_cache enable row level security;
create policy own_call_cache on textnlp.call_cache to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_CALLS, _INDEX, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.call_cache")
