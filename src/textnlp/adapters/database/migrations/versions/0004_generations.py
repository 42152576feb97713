"""Generations outside batches."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_GENERATIONS = """
create table textnlp.generations (
    created_at timestamptz not null,
    finished_at timestamptz,
    prompt_tokens bigint not null default 0,
    completion_tokens bigint not null default 0,
    cached_tokens bigint not null default 0,
    reasoning_tokens bigint not null default 0,
    id text collate "C" primary key,
    tenant text not null,
    caller text not null,
    model text not null,
    state text not null,
    code text,
    message text
) with (fillfactor = 80)
"""
_INDEX = "create index generations_of_tenant on textnlp.generations (tenant, id desc)"
_POLICY = """
grant select, insert, update on textnlp.generations to textnlp_tenant;
alter table textnlp.generations enable row level security;
create policy own_generations on textnlp.generations to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_GENERATIONS, _INDEX, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.generations")
