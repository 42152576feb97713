"""Telemetry: spans, figures of metrics and the log, a partition a day, which goes as a whole.

Tenants have no part in it: their role is granted nothing.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SPANS = """
create table textnlp.telemetry_spans (
    began_at timestamptz not null,
    duration_us bigint not null,
    span_id bigint not null,
    parent_id bigint,
    trace_id uuid not null,
    result smallint,
    is_root boolean not null,
    has_failed boolean not null,
    kind text not null,
    process text not null,
    instance text not null,
    name text collate "C" not null,
    attributes json not null
) partition by range (began_at)
"""
_LINES = """
create table textnlp.telemetry_lines (
    at timestamptz not null,
    ordinal bigint not null,
    span_id bigint,
    trace_id uuid,
    level smallint not null,
    process text not null,
    instance text not null,
    logger text not null,
    message text not null,
    error text not null
) partition by range (at)
"""
_ROLLUPS = """
create table textnlp.telemetry_rollups (
    at timestamptz not null,
    count bigint not null,
    total double precision not null,
    low double precision not null,
    high double precision not null,
    seconds real not null,
    metric text collate "C" not null,
    process text not null,
    instance text not null,
    dimensions text[] not null,
    buckets bigint[] not null
) partition by range (at)
"""
# What a crash takes is written again two seconds later.
_PRESENT = """
create unlogged table textnlp.telemetry_present (
    at timestamptz not null,
    seconds real not null,
    instance text collate "C" primary key,
    process text not null,
    figures json not null
) with (fillfactor = 50)
"""

# Lists show the spans that traces begin with, a few of all.
_INDEXES = (
    "create index telemetry_spans_of_trace on textnlp.telemetry_spans (trace_id)",
    "create index telemetry_spans_newest on textnlp.telemetry_spans (began_at, span_id) where is_root",
    "create index telemetry_spans_named on textnlp.telemetry_spans (name, began_at, span_id) where is_root",
    "create index telemetry_spans_result on textnlp.telemetry_spans (result, began_at, span_id) where is_root",
    "create index telemetry_spans_slowest on textnlp.telemetry_spans (duration_us) where is_root",
    "create index telemetry_spans_failed on textnlp.telemetry_spans (began_at, span_id) where is_root and has_failed",
    "create index telemetry_lines_newest on textnlp.telemetry_lines (at, ordinal)",
    "create index telemetry_lines_grave on textnlp.telemetry_lines (at, ordinal) where level >= 30",
    "create index telemetry_lines_of_trace on textnlp.telemetry_lines (trace_id, at) where trace_id is not null",
    "create index telemetry_rollups_of_metric on textnlp.telemetry_rollups (metric, at)",
)


def upgrade() -> None:
    for statement in (_SPANS, _LINES, _ROLLUPS, _PRESENT, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("telemetry_spans", "telemetry_lines", "telemetry_rollups", "telemetry_present"):
        op.execute(f"drop table textnlp.{table}")
