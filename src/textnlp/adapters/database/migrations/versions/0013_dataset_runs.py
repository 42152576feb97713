"""Datasets in the making, and the versions that they have left."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_RUNS = """
create table textnlp.dataset_runs (
    created_at timestamptz not null,
    ended_at timestamptz,
    target_rows bigint not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    caller text not null,
    name text not null,
    model text not null,
    endpoint text not null,
    recipe_path text not null,
    state text not null,
    reason text,
    progress json not null,
    versions json not null
) with (fillfactor = 70)
"""

_INDEXES = (
    "create index dataset_runs_of_tenant on textnlp.dataset_runs (tenant, id desc)",
    "create index dataset_runs_running on textnlp.dataset_runs (id) where state = 'running'",
)

_POLICY = """
grant select, insert, update (state, target_rows, reason, ended_at, progress, versions)
    on textnlp.dataset_runs to textnlp_tenant;
alter table textnlp.dataset_runs enable row level security;
create policy own_dataset_runs on textnlp.dataset_runs to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_RUNS, *_INDEXES, _POLICY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.dataset_runs")
