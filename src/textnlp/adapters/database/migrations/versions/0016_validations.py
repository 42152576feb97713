"""Validations: rows that a worker looks at, and what came of it."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_VALIDATIONS = """
create table textnlp.validations (
    asked_at timestamptz not null,
    ended_at timestamptz,
    row_count bigint not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    caller text not null,
    kind text not null,
    name text not null,
    source text not null,
    state text not null,
    reason text,
    checks json,
    summary json
) with (fillfactor = 70)
"""

_INDEX = "create index validations_of_tenant on textnlp.validations (tenant, id desc)"

_POLICY = """
grant select, insert, update on textnlp.validations to textnlp_tenant;
alter table textnlp.validations enable row level security;
create policy own_validations on textnlp.validations to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_VALIDATIONS, _INDEX, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.validations")
