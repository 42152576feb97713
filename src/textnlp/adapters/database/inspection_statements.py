"""The SQL of the inspection; it reads only."""

from typing import LiteralString

# A page is one snapshot, and may take as long as its rows make it.
AS_OF_NOW: tuple[LiteralString, ...] = (
    "set transaction isolation level repeatable read read only",
    "set local statement_timeout = 0",
)

HAS_VERSION = "select to_regclass('textnlp.alembic_version')"
REVISION = "select version_num from textnlp.alembic_version"
BROKEN_INDEXES = """
select class.relname from pg_index join pg_class as class on class.oid = indexrelid
where class.relnamespace = 'textnlp'::regnamespace and not indisvalid
order by class.relname
"""

# A row of the input is accounted for by the slices, or by itself where the input could not be cut into any.
BATCHES = """
with page as (
    select * from batches where batch_key > %(after)s order by batch_key limit %(limit)s
)
select
    page.batch_key, page.id, page.state, page.output_prefix <> '',
    page.input_rows, page.accepted_rows, page.rejected_rows, page.failed_rows,
    coalesce(slices.row_count, counted.row_count), counted.accepted, counted.rejected, counted.failed, counted.stray,
    page.prompt_tokens, page.completion_tokens,
    counted.answered, counted.prompt_tokens, counted.completion_tokens,
    charged.calls, charged.prompt_tokens, charged.completion_tokens
from page
left join lateral (
    select sum(row_count)::bigint as row_count from batch_slices where batch_key = page.batch_key
) as slices on true
left join lateral (
    select
        count(*) as row_count,
        count(*) filter (where state = 1) as accepted,
        count(*) filter (where state = 2) as rejected,
        count(*) filter (where state = 3) as failed,
        count(*) filter (where row_index < 0 or row_index >= page.input_rows and page.slice_count > 0) as stray,
        count(*) filter (where prompt_tokens + completion_tokens > 0) as answered,
        coalesce(sum(prompt_tokens), 0)::bigint as prompt_tokens,
        coalesce(sum(completion_tokens), 0)::bigint as completion_tokens
    from batch_rows where batch_key = page.batch_key
) as counted on true
left join lateral (
    select
        count(*) as calls,
        coalesce(sum(prompt_tokens), 0)::bigint as prompt_tokens,
        coalesce(sum(completion_tokens), 0)::bigint as completion_tokens
    from usage_entries where batch_id = page.id
) as charged on true
order by page.batch_key
"""

VALIDATIONS = """
select id, row_count, (summary ->> 'accepted')::bigint, (summary ->> 'rejected')::bigint, (summary ->> 'failed')::bigint
from validations
where id > %(after)s and state = 'completed' and summary is not null
order by id
limit %(limit)s
"""
JOBS = """
select id, total_requests, completed_requests, failed_requests
from batch_jobs
where id > %(after)s and status in ('completed', 'expired', 'cancelled')
order by id
limit %(limit)s
"""

TENANTS = """
with recursive known (name) as (
    (select tenant from usage_entries order by tenant limit 1)
    union all
    select (select tenant from usage_entries where tenant > known.name order by tenant limit 1)
    from known where known.name is not null
)
select name from known where name is not null
union
select distinct tenant from usage_hours
order by 1
"""
DAYS = """
select least(
    (select min(created_at) from usage_entries where tenant = %(tenant)s),
    (select min(hour) from usage_hours where tenant = %(tenant)s)
), greatest(
    (select max(created_at) from usage_entries where tenant = %(tenant)s),
    (select max(hour) from usage_hours where tenant = %(tenant)s)
)
"""
HOURS = """
with called as (
    select
        date_trunc('hour', created_at, 'UTC') as hour, caller, model, route,
        count(*) as calls, sum(prompt_tokens)::bigint as prompt_tokens,
        sum(completion_tokens)::bigint as completion_tokens, coalesce(sum(cost), 0) as cost
    from usage_entries
    where tenant = %(tenant)s and is_rolled_up and created_at >= %(since)s and created_at < %(until)s
    group by 1, 2, 3, 4
), kept as (
    select hour, caller, model, route, calls, prompt_tokens, completion_tokens, cost
    from usage_hours
    where tenant = %(tenant)s and hour >= %(since)s and hour < %(until)s
)
select
    hour, caller, model, route,
    called.calls, called.prompt_tokens, called.completion_tokens, called.cost,
    kept.calls, kept.prompt_tokens, kept.completion_tokens, kept.cost
from called full join kept using (hour, caller, model, route)
order by hour, caller, model, route
"""

BUDGETS: LiteralString = """
select id, tenant, scope, value, period, unit, "limit", warn_share from usage_budgets where id > %(after)s
order by id limit %(limit)s
"""
COUNTERS = """
with counted as (
    select
        case when %(is_tokens)s then prompt_tokens + completion_tokens else coalesce(cost, 0) end as spent,
        0 as reserved, caller, batch_id
    from usage_entries where tenant = %(tenant)s and created_at >= %(since)s and created_at < %(until)s
    union all
    select
        0, case when %(is_tokens)s then estimated_tokens else coalesce(estimated_cost, 0) end, caller, batch_id
    from usage_reservations where tenant = %(tenant)s and created_at >= %(since)s and created_at < %(until)s
)
select
    coalesce(sum(counted.spent), 0), coalesce(sum(counted.reserved), 0),
    coalesce((select spent from budget_counters where budget_id = %(id)s and period_start = %(first_day)s), 0),
    coalesce((select reserved from budget_counters where budget_id = %(id)s and period_start = %(first_day)s), 0)
from counted
where case %(scope)s::text when 'caller' then caller = %(value)s when 'batch' then batch_id = %(value)s else true end
"""

LEFTOVERS = """
select 'reservations', 'usage_reservations', count(*), min(expires_at)
from usage_reservations where expires_at <= %(overdue)s
union all
select 'message locks', entity.name, count(*), min(message.due_at)
from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
where entity.namespace = '' and message.lock_token is not null and message.due_at <= %(overdue)s
group by entity.name
union all
select 'dead letters', entity.name, count(*), min(message.enqueued_at)
from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
where entity.namespace = '' and message.dead_letter_reason is not null
group by entity.name
union all
select 'key claims', 'idempotency_keys', count(*), min(expires_at)
from idempotency_keys where status is null and expires_at <= %(overdue)s
union all
select 'delivery leases', 'webhook_deliveries', count(*), min(leased_until)
from webhook_deliveries where leased_until <= %(overdue)s
union all
select 'lost file', job.id, count(*), min(job.ended_at)
from batch_jobs as job
cross join lateral (
    select job.output_file_id where job.has_output union all select job.error_file_id where job.has_errors
) as left_behind (file_id)
where job.status in ('completed', 'expired', 'cancelled') and job.output_expires_after_seconds is null
    and not exists (select from files where files.id = left_behind.file_id)
group by job.id
"""
# From key to key along the index, without passing over the rows.
ORPHANED_ROWS = """
with recursive batch (batch_key) as (
    (select batch_key from batch_rows order by batch_key limit 1)
    union all
    select (select batch_key from batch_rows where batch_key > batch.batch_key order by batch_key limit 1)
    from batch where batch.batch_key is not null
)
select 'orphaned rows', 'batch_rows ' || batch.batch_key,
    (select count(*) from batch_rows where batch_key = batch.batch_key), null::timestamptz
from batch
where batch.batch_key is not null and not exists (select from batches where batch_key = batch.batch_key)
"""
STRANDED = """
with asked as (
    select distinct message.properties ->> 'batch_id' as id
    from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
    where entity.namespace = '' and entity.name = any(%(entities)s)
)
select 'stranded batch', batches.id, input_rows - accepted_rows - rejected_rows - failed_rows, created_at
from batches
where state = 'running' and input_rows > accepted_rows + rejected_rows + failed_rows
    and not exists (select from asked where asked.id = batches.id)
    and not exists (select from queue_entities where namespace <> '' and namespace = batches.id)
    and (output_prefix <> '' or exists (
        select from dataset_runs as run where run.id = batches.spec #>> '{round,run}' and run.state = 'running'
    ))
"""

# The blob, who says so, since when, and its size where it is known; whether it lists the files beside it.
REFERENCES: dict[LiteralString, LiteralString] = {
    "batches": """
        select id, requests_path, 'batch ' || id, created_at, null::bigint, false
        from batches where id > %(after)s and slice_count > 0 order by id limit %(limit)s
    """,
    "manifests": """
        select id, output_prefix || 'manifest.json', 'batch ' || id, finished_at, null::bigint, true
        from batches
        where id > %(after)s and state = 'completed' and output_prefix <> '' and spec ->> 'round' is null
        order by id limit %(limit)s
    """,
    "generations": """
        select id, 'generations/realtime/' || id || '.json', 'generation ' || id, finished_at, null::bigint, false
        from generations where id > %(after)s and state = 'completed' order by id limit %(limit)s
    """,
    "files": """
        select id, blob_path, 'file ' || id, created_at, size_bytes, false
        from files where id > %(after)s and (expires_at is null or expires_at > %(now)s) order by id limit %(limit)s
    """,
    "datasets": """
        select id, recipe_path, 'dataset ' || id, created_at, null::bigint, false
        from dataset_runs where id > %(after)s order by id limit %(limit)s
    """,
    "validations": """
        select id, 'validation/reports/' || id || '/report.json', 'validation ' || id, ended_at, null::bigint, false
        from validations where id > %(after)s and state = 'completed' and kind <> 'generation'
        order by id limit %(limit)s
    """,
}
VERSIONS = """
select id, versions::text from dataset_runs
where %(before)s::text is null or id < %(before)s::text
order by id desc
limit %(limit)s
"""
