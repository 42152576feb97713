"""Files of callers, and jobs: batches as OpenAI's clients know them."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FILES = """
create table textnlp.files (
    created_at timestamptz not null,
    expires_at timestamptz,
    size_bytes bigint not null,
    id text collate "C" primary key,
    tenant text not null,
    caller text not null,
    purpose text not null,
    name text not null,
    blob_path text not null
)
"""

# `json`, not `jsonb`, which could not hold every text that a caller may give.
_JOBS = """
create table textnlp.batch_jobs (
    created_at timestamptz not null,
    expires_at timestamptz not null,
    in_progress_at timestamptz,
    cancelling_at timestamptz,
    finalizing_at timestamptz,
    ended_at timestamptz,
    total_requests bigint not null default 0,
    completed_requests bigint not null default 0,
    failed_requests bigint not null default 0,
    prompt_tokens bigint not null default 0,
    completion_tokens bigint not null default 0,
    cached_tokens bigint not null default 0,
    reasoning_tokens bigint not null default 0,
    output_expires_after_seconds integer,
    has_output boolean not null default false,
    has_errors boolean not null default false,
    id text collate "C" primary key,
    tenant text not null,
    caller text not null,
    status text not null,
    endpoint text not null,
    completion_window text not null,
    input_file_id text not null,
    output_file_id text not null,
    error_file_id text not null,
    model text,
    metadata json,
    faults json not null default '[]'
) with (fillfactor = 50)
"""
_INDEXES = (
    "create index files_of_tenant on textnlp.files (tenant, created_at desc, id desc)",
    "create index files_by_expiry on textnlp.files (expires_at) where expires_at is not null",
    "create index batch_jobs_of_tenant on textnlp.batch_jobs (tenant, id desc)",
    (
        "create index batch_jobs_unended on textnlp.batch_jobs (id)"
        " where status not in ('completed', 'failed', 'expired', 'cancelled')"
    ),
)
_POLICIES = """
grant select, insert, delete on textnlp.files to textnlp_tenant;
grant select, insert, update on textnlp.batch_jobs to textnlp_tenant;
alter table textnlp.files enable row level security;
alter table textnlp.batch_jobs enable row level security;
create policy own_files on textnlp.files to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_jobs on textnlp.batch_jobs to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_FILES, _JOBS, *_INDEXES, _POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("batch_jobs", "files"):
        op.execute(f"drop table textnlp.{table}")
