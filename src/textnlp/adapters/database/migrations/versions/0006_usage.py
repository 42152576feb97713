"""Usage: what calls may use, what they used, and the budgets over both."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Rows live for seconds: vacuum follows close behind, at full speed.
_CHURN = """
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
"""

_RESERVATIONS = f"""
create table textnlp.usage_reservations (
    created_at timestamptz not null,
    expires_at timestamptz not null,
    estimated_tokens bigint not null,
    id text collate "C" primary key,
    tenant text not null,
    caller text not null,
    batch_id text,
    model text not null,
    route text not null,
    estimated_cost numeric
) with ({_CHURN})
"""

_ENTRIES = """
create table textnlp.usage_entries (
    created_at timestamptz not null,
    settled_at timestamptz not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    cached_tokens bigint not null,
    reasoning_tokens bigint not null,
    is_rolled_up boolean not null default false,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    caller text collate "C" not null,
    batch_id text collate "C",
    model text collate "C" not null,
    route text collate "C" not null,
    outcome text not null,
    cost numeric
)
"""

_HOURS = """
create table textnlp.usage_hours (
    hour timestamptz not null,
    calls bigint not null,
    failed bigint not null,
    cancelled bigint not null,
    unpriced bigint not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    cached_tokens bigint not null,
    reasoning_tokens bigint not null,
    tenant text collate "C" not null,
    caller text collate "C" not null,
    model text collate "C" not null,
    route text collate "C" not null,
    cost numeric not null,
    primary key (tenant, hour, caller, model, route)
)
"""

# Every group of calls locks the budgets that it counts towards, in the order of their ids, before it reads or changes
# a counter; the counters stand apart so that this lock is all that changes about a budget.
_BUDGETS = """
create table textnlp.usage_budgets (
    id text collate "C" primary key,
    tenant text not null,
    scope text not null,
    value text not null,
    period text not null,
    unit text not null,
    "limit" numeric not null,
    warn_share double precision not null
) with (fillfactor = 50)
"""

_COUNTERS = f"""
create table textnlp.budget_counters (
    period_start date not null,
    budget_id text collate "C" not null references textnlp.usage_budgets on delete cascade,
    spent numeric not null,
    reserved numeric not null,
    primary key (budget_id, period_start)
) with (fillfactor = 50, {_CHURN})
"""

_INDEXES = (
    "create index usage_reservations_expiry on textnlp.usage_reservations (expires_at)",
    "create index usage_entries_by_time on textnlp.usage_entries (tenant, created_at)",
    "create index usage_entries_not_rolled_up on textnlp.usage_entries (created_at) where not is_rolled_up",
    "create index usage_entries_by_batch on textnlp.usage_entries (batch_id) where batch_id is not null",
    "create index usage_budgets_by_tenant on textnlp.usage_budgets (tenant)",
)


def upgrade() -> None:
    for statement in (_RESERVATIONS, _ENTRIES, _HOURS, _BUDGETS, _COUNTERS, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("budget_counters", "usage_budgets", "usage_hours", "usage_entries", "usage_reservations"):
        op.execute(f"drop table textnlp.{table}")
