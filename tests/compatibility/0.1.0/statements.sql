-- database.batch_statements.CREATE
insert into batches (
    id, name, state, spec, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22);

-- database.batch_statements.GET
select 
    id, name, state, spec::text, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
 from batches where id = $1;

-- database.batch_statements.FIND_BY_SOURCE
select 
    id, name, state, spec::text, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
 from batches where source = $1;

-- database.batch_statements.NEWEST
select 
    id, name, state, spec::text, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
 from batches
where ($1::text is null or id < $1::text)
    and ($2::text[] is null or state = any($2::text[]))
order by id desc
limit $3;

-- database.batch_statements.FIND_KEY
select batch_key from batches where id = $1;

-- database.batch_statements.START
update batches
set state = 'running', name = $1, source_sha256 = $2, requests_path = $3,
    input_rows = $4, slice_count = $5
where id = $6 and state = 'ingesting'
returning batch_key;

-- database.batch_statements.ADD_SLICES
insert into batch_slices (batch_key, slice_index, first_row, row_count, byte_offset, size_bytes)
select $1, given.*
from unnest($2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::int8[]) as given;

-- database.batch_statements.SET_STATE
update batches set state = $1, reason = $2, finished_at = $3
where id = $4 and state = any($5)
returning 
    id, name, state, spec::text, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller;

-- database.batch_statements.RECORD
with open_batch as (
    select batch_key from batches
    where id = $1 and state in ('ingesting', 'running', 'cancelling')
    for no key update
), added as (
    insert into batch_rows (
        batch_key, row_index, row_id, state, record, payload_hash,
        prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
    )
    select open_batch.batch_key, given.*
    from open_batch, unnest(
        $2::int4[], $3::bytea[], $4::int2[], $5::bytea[], $6::bytea[],
        $7::int4[], $8::int4[], $9::int4[],
        $10::int4[], $11::int2[], $12::text[]
    ) as given
    on conflict do nothing
    returning state, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
), total as (
    select
        count(*) filter (where state = 1) as accepted,
        count(*) filter (where state = 2) as rejected,
        count(*) filter (where state = 3) as failed,
        count(*) as done,
        coalesce(sum(prompt_tokens), 0) as prompt_tokens,
        coalesce(sum(completion_tokens), 0) as completion_tokens,
        coalesce(sum(cached_tokens), 0) as cached_tokens,
        coalesce(sum(reasoning_tokens), 0) as reasoning_tokens
    from added
)
update batches
set accepted_rows = accepted_rows + total.accepted,
    rejected_rows = rejected_rows + total.rejected,
    failed_rows = failed_rows + total.failed,
    input_rows = case batches.state
        when 'ingesting' then greatest(input_rows, accepted_rows + rejected_rows + failed_rows + total.done)
        else input_rows
    end,
    prompt_tokens = batches.prompt_tokens + total.prompt_tokens,
    completion_tokens = batches.completion_tokens + total.completion_tokens,
    cached_tokens = batches.cached_tokens + total.cached_tokens,
    reasoning_tokens = batches.reasoning_tokens + total.reasoning_tokens
from total
where batches.id = $1
returning input_rows, accepted_rows, rejected_rows, failed_rows;

-- database.batch_statements.RECORDED_ROWS
select row_index from batch_rows
where batch_key = $1 and row_index >= $2 and row_index < $3;

-- database.batch_statements.UNFINISHED_SLICES
select slice_index, first_row, row_count, byte_offset, size_bytes
from batch_slices as slice
where batch_key = $1 and row_count > (
    select count(*) from batch_rows
    where batch_key = $1 and row_index >= slice.first_row and row_index < slice.first_row + slice.row_count
)
order by slice_index;

-- database.batch_statements.STREAM
select 
    row_index, row_id, state, record, payload_hash,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
 from batch_rows where batch_key = $1 order by row_index;

-- database.batch_statements.PAGE
select 
    row_index, row_id, state, record, payload_hash,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
 from batch_rows
where batch_key = $1 and row_index > $2 and state = any($3)
order by row_index
limit $4;

-- database.batch_statements.PAGE_OF_UNACCEPTED
select 
    row_index, row_id, state, record, payload_hash,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
 from batch_rows
where batch_key = $1 and row_index > $2 and state <> 1 and state = any($3)
order by row_index
limit $4;

-- database.batch_statements.RECOUNT
select
    coalesce((select sum(row_count) from batch_slices where batch_key = $1), count(*))::int8,
    count(*) filter (where state = 1),
    count(*) filter (where state = 2),
    count(*) filter (where state = 3)
from batch_rows
where batch_key = $1;

-- database.batch_statements.CAUSES
with ranked as (
    select coalesce(code, 'internal') as code, count(*) as row_count, min(row_index) as first_row
    from batch_rows
    where batch_key = $1 and state <> 1
    group by coalesce(code, 'internal')
    order by row_count desc, code
    limit $2
)
select ranked.code, ranked.row_count, batch_rows.record
from ranked join batch_rows on batch_rows.batch_key = $1 and batch_rows.row_index = ranked.first_row
order by ranked.row_count desc, ranked.code;

-- database.batch_statements.LOCK
select batch_key, state, slice_count from batches where id = $1 for update;

-- database.batch_statements.REOPEN
with forgotten as (
    delete from batch_rows
    where batch_key = $1 and state <> 1 and state = 3 and attempts > 0
    returning prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
), total as (
    select
        count(*) as failed,
        coalesce(sum(prompt_tokens), 0) as prompt_tokens,
        coalesce(sum(completion_tokens), 0) as completion_tokens,
        coalesce(sum(cached_tokens), 0) as cached_tokens,
        coalesce(sum(reasoning_tokens), 0) as reasoning_tokens
    from forgotten
)
update batches
set state = 'running', reason = null, finished_at = null,
    failed_rows = failed_rows - total.failed,
    prompt_tokens = batches.prompt_tokens - total.prompt_tokens,
    completion_tokens = batches.completion_tokens - total.completion_tokens,
    cached_tokens = batches.cached_tokens - total.cached_tokens,
    reasoning_tokens = batches.reasoning_tokens - total.reasoning_tokens
from total
where batch_key = $1
returning total.failed;

-- database.call_cache.BECOME_TENANT
select set_config('role', 'textnlp_tenant', true), set_config('textnlp.tenant', $1, true);

-- database.call_cache._FIND
select key, value from call_cache where tenant = $1 and key = any($2::bytea[]);

-- database.call_cache._KEEP
insert into call_cache (tenant, key, value)
select $1, entry.key, entry.value from unnest($2::bytea[], $3::bytea[]) as entry (key, value)
order by entry.key
on conflict do nothing;

-- database.call_cache._REMOVE
delete from call_cache
using unnest($1::bytea[], $2::bytea[]) as unreadable (key, value)
where tenant = $3 and call_cache.key = unreadable.key and call_cache.value = unreadable.value;

-- database.call_cache._FORGET
delete from call_cache where (tenant, key) in (
    select tenant, key from call_cache where created_at < $1 order by created_at limit $2 for update skip locked
);

-- database.call_cache._SIZE
select count(*), coalesce(sum(octet_length(value)), 0)::int8 from call_cache;

-- database.client_registry._CREATE
insert into clients (
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- database.client_registry._LIST
select 
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text
 from clients
where $1::text is null or tenant = $1::text
order by id;

-- database.client_registry._FIND_BY_PREFIX
select 
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text
 from clients where key_prefix = $1;

-- database.client_registry._FIND
select 
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text
 from clients where id = $1;

-- database.client_registry._REVOKE
update clients set revoked_at = coalesce(revoked_at, $1) where id = $2 returning 
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text;

-- database.client_registry._SET_LIMITS
update clients set call_limits = $1 where id = $2 returning 
    id, name, tenant, grants, key_prefix, key_hash, created_at, expires_at, revoked_at, last_used_at, call_limits::text;

-- database.client_registry._NOTE_USE
update clients set last_used_at = greatest(last_used_at, $1) where id = $2;

-- database.dataset_catalog._ENTRIES
select document::text from dataset_catalog where dataset_id = any($1);

-- database.dataset_catalog._ADD
insert into dataset_catalog (dataset_id, tenant, revision, is_swept, document)
values ($1, $2, $3, $4, $5)
on conflict (dataset_id) do nothing;

-- database.dataset_catalog._CHANGE
update dataset_catalog
set revision = $1, is_swept = $2, document = $3
where dataset_id = $4 and tenant = $5 and revision = $6;

-- database.dataset_catalog._ADD_EVENT
insert into dataset_events (dataset_id, tenant, position, happened_at, document) values ($1, $2, $3, $4, $5);

-- database.dataset_catalog._EVENTS
select document::text from dataset_events where dataset_id = $1 and position > $2 order by position limit $3;

-- database.dataset_catalog._SWEPT
select document::text from dataset_catalog where is_swept and dataset_id > $1 order by dataset_id limit $2;

-- database.dataset_store._CREATE
insert into dataset_runs (
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, progress, versions
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- database.dataset_store._GET
select 
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, reason, ended_at,
    progress::text, versions::text
 from dataset_runs where id = $1;

-- database.dataset_store._NEWEST
select 
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, reason, ended_at,
    progress::text, versions::text
 from dataset_runs
where ($1::text is null or id < $1::text)
    and ($2::text[] is null or state = any($2::text[]))
order by id desc
limit $3;

-- database.dataset_store._RUNNING
select 
    id, name, tenant, caller, model, endpoint, target_rows, recipe_path, created_at, state, reason, ended_at,
    progress::text, versions::text
 from dataset_runs
where state = 'running' and ($1::text is null or id > $1::text)
order by id
limit $2;

-- database.dataset_store._SAVE
update dataset_runs
set state = $1, target_rows = $2, reason = $3, ended_at = $4,
    progress = $5, versions = $6
where id = $7 and state = $8;

-- database.dumper._COLUMNS
select relname, array_agg(attname::text order by attnum) from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = to_regnamespace($1) and relname <> $2 and relkind = 'r' and relpersistence = 'p'
    and not relispartition and attnum > 0 and not attisdropped and attgenerated = ''
group by relname order by relname collate "C";

-- database.dumper._REFERENCES
select distinct child.relname, parent.relname from pg_constraint
join pg_class as child on child.oid = conrelid
join pg_class as parent on parent.oid = confrelid
where contype = 'f' and connamespace = to_regnamespace($1) and conrelid <> confrelid;

-- database.dumper._SEQUENCES
select sequencename, last_value from pg_sequences where schemaname = $1 and last_value is not null order by 1;

-- database.dumper._REVISION
select version_num from alembic_version;

-- database.file_catalog._ADD
insert into files (id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- database.file_catalog._GET
select id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller from files where id = $1;

-- database.file_catalog._NEWEST
select id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller from files
where (expires_at is null or expires_at > $1)
    and ($2::text is null or purpose = $2::text)
    and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::text))
order by created_at desc, id desc
limit $5;

-- database.file_catalog._OLDEST
select id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller from files
where (expires_at is null or expires_at > $1)
    and ($2::text is null or purpose = $2::text)
    and ($3::timestamptz is null or (created_at, id) > ($3::timestamptz, $4::text))
order by created_at, id
limit $5;

-- database.file_catalog._EXPIRED
select id, name, purpose, size_bytes, blob_path, created_at, expires_at, tenant, caller from files where expires_at <= $1 order by expires_at, id limit $2;

-- database.file_catalog._REMOVE
delete from files where id = $1;

-- database.generation_store._CREATE
insert into generations (id, tenant, caller, model, state, created_at) values ($1, $2, $3, $4, $5, $6);

-- database.generation_store._GET
select id, tenant, caller, model, state, created_at, finished_at,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, code, message
from generations where id = $1;

-- database.generation_store._COMPLETE
update generations
set state = 'completed', finished_at = $1,
    prompt_tokens = $2, completion_tokens = $3, cached_tokens = $4, reasoning_tokens = $5
where id = $6 and state = 'queued';

-- database.generation_store._FAIL
update generations set state = 'failed', finished_at = $1, code = $2, message = $3 where id = $4 and state = 'queued';

-- database.idempotency_store._CLAIM
insert into idempotency_keys (key_id, claim_id, tenant, claimed_at, expires_at)
select * from unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) as claim (key_id)
order by claim.key_id
on conflict (key_id) do update
set claim_id = excluded.claim_id, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at,
    fingerprint = null, status = null, headers = null, body = null
where idempotency_keys.expires_at <= excluded.claimed_at
returning key_id;

-- database.idempotency_store._FIND
select key_id, fingerprint, status, headers, body, expires_at from idempotency_keys where key_id = any($1::bytea[]);

-- database.idempotency_store._KEEP
with held as materialized (
    select key_id from idempotency_keys where key_id = any($1::bytea[]) order by key_id for update
)
update idempotency_keys
set fingerprint = answer.fingerprint, status = answer.status, headers = answer.headers, body = answer.body,
    expires_at = answer.expires_at
from held, unnest($2::bytea[], $3::text[], $4::bytea[], $5::int2[], $6::bytea[], $7::bytea[], $8::timestamptz[])
    as answer (key_id, claim_id, fingerprint, status, headers, body, expires_at)
where idempotency_keys.key_id = held.key_id and idempotency_keys.key_id = answer.key_id
    and idempotency_keys.claim_id = answer.claim_id and idempotency_keys.status is null;

-- database.idempotency_store._RELEASE
delete from idempotency_keys where key_id in (
    select key_id from idempotency_keys
    where key_id = any($1::bytea[]) and claim_id = any($2::text[]) and status is null
    order by key_id
    for update
);

-- database.idempotency_store._EXPIRE
delete from idempotency_keys where key_id in (
    select key_id from idempotency_keys where expires_at <= $1 order by expires_at limit $2 for update skip locked
);

-- database.inspection_statements.HAS_VERSION
select to_regclass('textnlp.alembic_version');

-- database.inspection_statements.REVISION
select version_num from textnlp.alembic_version;

-- database.inspection_statements.BROKEN_INDEXES
select class.relname from pg_index join pg_class as class on class.oid = indexrelid
where class.relnamespace = 'textnlp'::regnamespace and not indisvalid
order by class.relname;

-- database.inspection_statements.BATCHES
with page as (
    select * from batches where batch_key > $1 order by batch_key limit $2
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
order by page.batch_key;

-- database.inspection_statements.VALIDATIONS
select id, row_count, (summary ->> 'accepted')::bigint, (summary ->> 'rejected')::bigint, (summary ->> 'failed')::bigint
from validations
where id > $1 and state = 'completed' and summary is not null
order by id
limit $2;

-- database.inspection_statements.JOBS
select id, total_requests, completed_requests, failed_requests
from batch_jobs
where id > $1 and status in ('completed', 'expired', 'cancelled')
order by id
limit $2;

-- database.inspection_statements.TENANTS
with recursive known (name) as (
    (select tenant from usage_entries order by tenant limit 1)
    union all
    select (select tenant from usage_entries where tenant > known.name order by tenant limit 1)
    from known where known.name is not null
)
select name from known where name is not null
union
select distinct tenant from usage_hours
order by 1;

-- database.inspection_statements.DAYS
select least(
    (select min(created_at) from usage_entries where tenant = $1),
    (select min(hour) from usage_hours where tenant = $1)
), greatest(
    (select max(created_at) from usage_entries where tenant = $1),
    (select max(hour) from usage_hours where tenant = $1)
);

-- database.inspection_statements.HOURS
with called as (
    select
        date_trunc('hour', created_at, 'UTC') as hour, caller, model, route,
        count(*) as calls, sum(prompt_tokens)::bigint as prompt_tokens,
        sum(completion_tokens)::bigint as completion_tokens, coalesce(sum(cost), 0) as cost
    from usage_entries
    where tenant = $1 and is_rolled_up and created_at >= $2 and created_at < $3
    group by 1, 2, 3, 4
), kept as (
    select hour, caller, model, route, calls, prompt_tokens, completion_tokens, cost
    from usage_hours
    where tenant = $1 and hour >= $2 and hour < $3
)
select
    hour, caller, model, route,
    called.calls, called.prompt_tokens, called.completion_tokens, called.cost,
    kept.calls, kept.prompt_tokens, kept.completion_tokens, kept.cost
from called full join kept using (hour, caller, model, route)
order by hour, caller, model, route;

-- database.inspection_statements.BUDGETS
select id, tenant, scope, value, period, unit, "limit", warn_share from usage_budgets where id > $1
order by id limit $2;

-- database.inspection_statements.COUNTERS
with counted as (
    select
        case when $1 then prompt_tokens + completion_tokens else coalesce(cost, 0) end as spent,
        0 as reserved, caller, batch_id
    from usage_entries where tenant = $2 and created_at >= $3 and created_at < $4
    union all
    select
        0, case when $1 then estimated_tokens else coalesce(estimated_cost, 0) end, caller, batch_id
    from usage_reservations where tenant = $2 and created_at >= $3 and created_at < $4
)
select
    coalesce(sum(counted.spent), 0), coalesce(sum(counted.reserved), 0),
    coalesce((select spent from budget_counters where budget_id = $5 and period_start = $6), 0),
    coalesce((select reserved from budget_counters where budget_id = $5 and period_start = $6), 0)
from counted
where case $7::text when 'caller' then caller = $8 when 'batch' then batch_id = $8 else true end;

-- database.inspection_statements.LEFTOVERS
select 'reservations', 'usage_reservations', count(*), min(expires_at)
from usage_reservations where expires_at <= $1
union all
select 'message locks', entity.name, count(*), min(message.due_at)
from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
where entity.namespace = '' and message.lock_token is not null and message.due_at <= $1
group by entity.name
union all
select 'dead letters', entity.name, count(*), min(message.enqueued_at)
from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
where entity.namespace = '' and message.dead_letter_reason is not null
group by entity.name
union all
select 'key claims', 'idempotency_keys', count(*), min(expires_at)
from idempotency_keys where status is null and expires_at <= $1
union all
select 'delivery leases', 'webhook_deliveries', count(*), min(leased_until)
from webhook_deliveries where leased_until <= $1
union all
select 'lost file', job.id, count(*), min(job.ended_at)
from batch_jobs as job
cross join lateral (
    select job.output_file_id where job.has_output union all select job.error_file_id where job.has_errors
) as left_behind (file_id)
where job.status in ('completed', 'expired', 'cancelled') and job.output_expires_after_seconds is null
    and not exists (select from files where files.id = left_behind.file_id)
group by job.id;

-- database.inspection_statements.ORPHANED_ROWS
with recursive batch (batch_key) as (
    (select batch_key from batch_rows order by batch_key limit 1)
    union all
    select (select batch_key from batch_rows where batch_key > batch.batch_key order by batch_key limit 1)
    from batch where batch.batch_key is not null
)
select 'orphaned rows', 'batch_rows ' || batch.batch_key,
    (select count(*) from batch_rows where batch_key = batch.batch_key), null::timestamptz
from batch
where batch.batch_key is not null and not exists (select from batches where batch_key = batch.batch_key);

-- database.inspection_statements.STRANDED
with asked as (
    select distinct message.properties ->> 'batch_id' as id
    from queue_messages as message join queue_entities as entity on entity.id = message.entity_id
    where entity.namespace = '' and entity.name = any($1)
)
select 'stranded batch', batches.id, input_rows - accepted_rows - rejected_rows - failed_rows, created_at
from batches
where state = 'running' and input_rows > accepted_rows + rejected_rows + failed_rows
    and not exists (select from asked where asked.id = batches.id)
    and not exists (select from queue_entities where namespace <> '' and namespace = batches.id)
    and (output_prefix <> '' or exists (
        select from dataset_runs as run where run.id = batches.spec #>> '{round,run}' and run.state = 'running'
    ));

-- database.inspection_statements.REFERENCES.batches
select id, requests_path, 'batch ' || id, created_at, null::bigint, false
        from batches where id > $1 and slice_count > 0 order by id limit $2;

-- database.inspection_statements.REFERENCES.manifests
select id, output_prefix || 'manifest.json', 'batch ' || id, finished_at, null::bigint, true
        from batches
        where id > $1 and state = 'completed' and output_prefix <> '' and spec ->> 'round' is null
        order by id limit $2;

-- database.inspection_statements.REFERENCES.generations
select id, 'generations/realtime/' || id || '.json', 'generation ' || id, finished_at, null::bigint, false
        from generations where id > $1 and state = 'completed' order by id limit $2;

-- database.inspection_statements.REFERENCES.files
select id, blob_path, 'file ' || id, created_at, size_bytes, false
        from files where id > $1 and (expires_at is null or expires_at > $2) order by id limit $3;

-- database.inspection_statements.REFERENCES.datasets
select id, recipe_path, 'dataset ' || id, created_at, null::bigint, false
        from dataset_runs where id > $1 order by id limit $2;

-- database.inspection_statements.REFERENCES.validations
select id, 'validation/reports/' || id || '/report.json', 'validation ' || id, ended_at, null::bigint, false
        from validations where id > $1 and state = 'completed' and kind <> 'generation'
        order by id limit $2;

-- database.inspection_statements.VERSIONS
select id, versions::text from dataset_runs
where $1::text is null or id < $1::text
order by id desc
limit $2;

-- database.job_store._CREATE
insert into batch_jobs (
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata, output_expires_after_seconds, status
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- database.job_store._GET
select 
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata::text, output_expires_after_seconds,
    status, in_progress_at, cancelling_at, finalizing_at, ended_at, model, has_output, has_errors, faults::text,
    total_requests, completed_requests, failed_requests,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
 from batch_jobs where id = $1;

-- database.job_store._NEWEST
select 
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata::text, output_expires_after_seconds,
    status, in_progress_at, cancelling_at, finalizing_at, ended_at, model, has_output, has_errors, faults::text,
    total_requests, completed_requests, failed_requests,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
 from batch_jobs
where $1::text is null or id < $1::text
order by id desc
limit $2;

-- database.job_store._UNENDED
select 
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata::text, output_expires_after_seconds,
    status, in_progress_at, cancelling_at, finalizing_at, ended_at, model, has_output, has_errors, faults::text,
    total_requests, completed_requests, failed_requests,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
 from batch_jobs
where status not in ('completed', 'failed', 'expired', 'cancelled')
    and ($1::text is null or id > $1::text)
order by id
limit $2;

-- database.job_store._SAVE
update batch_jobs
set status = $1, in_progress_at = $2, cancelling_at = $3,
    finalizing_at = $4, ended_at = $5, model = $6,
    has_output = $7, has_errors = $8, faults = $9,
    total_requests = $10, completed_requests = $11, failed_requests = $12,
    prompt_tokens = $13, completion_tokens = $14,
    cached_tokens = $15, reasoning_tokens = $16
where id = $17 and status = $18;

-- database.loader._HOLDS
select count(*) from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p', 'S');

-- database.loader._ADVANCE
select setval($1::regclass, $2, true);

-- database.loader._LEDGER
with counted as (
    select batch_key,
        count(*) filter (where state = 1) as accepted,
        count(*) filter (where state = 2) as rejected,
        count(*) filter (where state = 3) as failed
    from batch_rows group by batch_key
), held as (
    select id, input_rows, coalesce(accepted, 0) as accepted, coalesce(rejected, 0) as rejected,
        coalesce(failed, 0) as failed,
        accepted_rows = coalesce(accepted, 0) and rejected_rows = coalesce(rejected, 0)
            and failed_rows = coalesce(failed, 0) and accepted_rows + rejected_rows + failed_rows <= input_rows
            as is_balanced
    from batches left join counted using (batch_key)
)
select count(*), coalesce(sum(input_rows), 0)::bigint, coalesce(sum(accepted), 0)::bigint,
    coalesce(sum(rejected), 0)::bigint, coalesce(sum(failed), 0)::bigint,
    coalesce((array_agg(id order by id) filter (where not is_balanced))[1:20], '{}')
from held;

-- database.migrate._HAS_SCHEMA
select to_regnamespace('textnlp');

-- database.provider_batch_journal._RECORD
insert into provider_batches (
    tenant, key, deployment, model, hashes, prompt_tokens, round, recorded_at, touched_at, file_id, batch_id
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- database.provider_batch_journal._MARK
update provider_batches set file_id = $1, batch_id = $2, touched_at = $3 where tenant = $4 and key = $5;

-- database.provider_batch_journal._FIND
select 
    key, deployment, model, hashes, prompt_tokens, round, recorded_at, touched_at, file_id, batch_id
 from provider_batches where tenant = $1 and key = $2;

-- database.provider_batch_journal._UNSETTLED
select 
    key, deployment, model, hashes, prompt_tokens, round, recorded_at, touched_at, file_id, batch_id
 from provider_batches
where tenant = $1 and deployment = $2 and ($3::text is null or key > $3::text)
order by key
limit $4;

-- database.provider_batch_journal._SETTLE
delete from provider_batches where tenant = $1 and key = $2;

-- database.provider_batch_journal._SETTLE_UNTOUCHED
delete from provider_batches where tenant = $1 and key = $2 and batch_id is null and touched_at < $3;

-- database.provider_batch_journal._FORGET
delete from provider_batches where recorded_at < $1;

-- database.review_store._CREATE
insert into reviews (id, tenant, owner, document, created_at, item_count, source, overlap) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- database.review_store._ADD_ITEM
insert into review_items (
    review_id, position, tenant, row_json, state, answer_count, done_by, lent_to, lent_until, said
)
values (
    $1, $2, $3, $4, $5, $6, $7, $8,
    $9, $10
);

-- database.review_store._GET
select id, tenant, owner, document, created_at, item_count, source from reviews where id = $1;

-- database.review_store._NEWEST
select id, tenant, owner, document, created_at, item_count, source from reviews
where $1::text is null or id < $1::text
order by id desc
limit $2;

-- database.review_store._DELETE
delete from reviews where id = $1;

-- database.review_store._ITEM
select said, row_json from review_items where review_id = $1 and position = $2;

-- database.review_store._LOCKED_ITEM
select said, row_json from review_items where review_id = $1 and position = $2 for update;

-- database.review_store._ITEMS
select said, row_json from review_items
where review_id = $1 and position > $2
    and ($3::text[] is null or state = any($3::text[]))
order by position
limit $4;

-- database.review_store._UPDATE
update review_items
set state = $1, answer_count = $2, done_by = $3, lent_to = $4,
    lent_until = $5, said = $6
where review_id = $7 and position = $8;

-- database.review_store._HELD
select item.said, item.row_json from review_items as item
where item.review_id = $1 and item.state = 'open' and not ($2 = any(item.done_by))
    and item.answer_count + (
        select count(*) from unnest(item.lent_to, item.lent_until) as lease (reviewer, until)
        where lease.until > $3 and lease.reviewer <> $2
    ) < $4 and cardinality(item.lent_to) > 0 and item.lent_to @> array[$2]::text[]
order by item.answer_count desc, item.position
limit 1
for update of item;

-- database.review_store._FREE
select item.said, item.row_json from review_items as item
where item.review_id = $1 and item.state = 'open' and not ($2 = any(item.done_by))
    and item.answer_count + (
        select count(*) from unnest(item.lent_to, item.lent_until) as lease (reviewer, until)
        where lease.until > $3 and lease.reviewer <> $2
    ) < $4 
order by item.answer_count desc, item.position
limit 1
for update of item;

-- database.review_store._FREE_UNLOCKED
select item.said, item.row_json from review_items as item
where item.review_id = $1 and item.state = 'open' and not ($2 = any(item.done_by))
    and item.answer_count + (
        select count(*) from unnest(item.lent_to, item.lent_until) as lease (reviewer, until)
        where lease.until > $3 and lease.reviewer <> $2
    ) < $4 
order by item.answer_count desc, item.position
limit 1
for update of item
 skip locked;

-- database.review_store._OVERLAP
select overlap from reviews where id = $1;

-- database.review_store._PROGRESS
select state, count(*), sum(answer_count)::bigint from review_items where review_id = $1 group by state;

-- database.session_store._KEEP
insert into console_sessions (
    digest, id, sealed, subject, tenant, token_ends_at, renew_at, created_at, used_at, expires_at, successor
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- database.session_store._FIND
select 
    digest, id, sealed, subject, tenant, token_ends_at, renew_at, created_at, used_at, expires_at, successor
 from console_sessions where digest = $1;

-- database.session_store._TOUCH
update console_sessions set used_at = greatest(used_at, $1) where digest = $2;

-- database.session_store._BEGIN
update console_sessions set renewing_until = $1
where digest = $2 and successor is null and (renewing_until is null or renewing_until <= $3);

-- database.session_store._REPLACE
update console_sessions set successor = $1, expires_at = least(expires_at, $2)
where digest = $3 and successor is null;

-- database.session_store._END
delete from console_sessions where id = $1;

-- database.session_store._EXPIRE
delete from console_sessions where expires_at <= $1 or used_at <= $2;

-- database.sign_in_store._FORGET
delete from sign_ins where id in (
    select id from sign_ins where expires_at < $1 order by expires_at limit 100 for update skip locked
);

-- database.sign_in_store._BEGIN
insert into sign_ins (
    id, oauth_client, subject, tenant, caller, grants, created_at, expires_at, has_refresh, revoked_at
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- database.sign_in_store._KEEP
insert into one_time_secrets (
    digest, purpose, sign_in_id, expires_at, redirect_uri, challenge, nonce, wants_identity, rotation
)
select $1, $2, id, $3, $4, $5, $6, $7, $8 from sign_ins where id = $9;

-- database.sign_in_store._TAKE
update one_time_secrets set uses = uses + 1 where digest = $1 and purpose = $2 returning 
    digest, purpose, sign_in_id, expires_at, redirect_uri, challenge, nonce, wants_identity, rotation
, uses = 1;

-- database.sign_in_store._FIND
select 
    id, oauth_client, subject, tenant, caller, grants, created_at, expires_at, has_refresh, revoked_at
 from sign_ins where id = $1;

-- database.sign_in_store._REVOKE
update sign_ins set revoked_at = coalesce(revoked_at, $1) where id = $2;

-- database.telemetry_days._LOCK
select pg_advisory_xact_lock(7309451002);

-- database.telemetry_days._PARTITIONS
select child.relname, parent.relname, pg_total_relation_size(child.oid)
from pg_inherits
join pg_class child on child.oid = inhrelid
join pg_class parent on parent.oid = inhparent
join pg_namespace schema on schema.oid = parent.relnamespace
where schema.nspname = 'textnlp' and parent.relname = any($1);

-- database.telemetry_days._FORGET
delete from telemetry_present where at < $1;

-- database.telemetry_reader.PRESENT
select process, instance, at, seconds, figures::text from telemetry_present where at >= $1 order by process, instance;

-- database.telemetry_reader.SPANS
select 
    trace_id, span_id, parent_id, name, kind, process, instance, began_at, duration_us, has_failed, result, is_root,
    attributes::text
 from telemetry_spans
where trace_id = $1
order by began_at, duration_us desc
limit $2;

-- database.telemetry_sink._SHOW
insert into telemetry_present (at, seconds, instance, process, figures) values ($1, $2, $3, $4, $5)
on conflict (instance) do update
set at = excluded.at, seconds = excluded.seconds, process = excluded.process, figures = excluded.figures;

-- database.telemetry_sink._WITHDRAW
delete from telemetry_present where instance = $1;

-- database.usage_statements.LOCK_BUDGETS
select id, tenant, scope, value, period, unit, "limit", warn_share from usage_budgets
where tenant = any($1) and value = any($2)
order by id
for no key update;

-- database.usage_statements.COUNTERS
select budget_id, period_start, spent, reserved
from budget_counters join usage_budgets on usage_budgets.id = budget_id
where tenant = any($1) and value = any($2) and period_start = any($3);

-- database.usage_statements.COUNT
insert into budget_counters (budget_id, period_start, spent, reserved)
select * from unnest($1::text[], $2::date[], $3::numeric[], $4::numeric[])
on conflict (budget_id, period_start) do update
set spent = budget_counters.spent + excluded.spent, reserved = budget_counters.reserved + excluded.reserved;

-- database.usage_statements.KNOWN
select id from usage_reservations where id = any($1)
union all
select id from usage_entries where id = any($1);

-- database.usage_statements.RESERVE
insert into usage_reservations (
    id, tenant, caller, batch_id, model, route, estimated_tokens, estimated_cost, created_at, expires_at
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::numeric[],
    $9::timestamptz[], $10::timestamptz[]
)
on conflict do nothing;

-- database.usage_statements.SETTLE
insert into usage_entries (
    id, tenant, caller, batch_id, model, route, outcome,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost, created_at, settled_at
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::numeric[], $13::timestamptz[], $14::timestamptz[]
)
on conflict do nothing
returning id;

-- database.usage_statements.LOCK_RESERVATIONS
select id, estimated_tokens, estimated_cost from usage_reservations where id = any($1) order by id for update;

-- database.usage_statements.TAKE_BACK
delete from usage_reservations where id = any($1);

-- database.usage_statements.DRAW
update usage_reservations
set estimated_tokens = estimated_tokens - part.tokens, estimated_cost = estimated_cost - part.cost
from unnest($1::text[], $2::int8[], $3::numeric[]) as part (id, tokens, cost)
where usage_reservations.id = part.id;

-- database.usage_statements.EXPIRED
select 
    id, tenant, caller, batch_id, model, route, estimated_tokens, estimated_cost, created_at, expires_at
 from usage_reservations where expires_at <= $1 order by expires_at limit $2;

-- database.usage_statements.SET_BUDGET
insert into usage_budgets (id, tenant, scope, value, period, unit, "limit", warn_share) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update
set tenant = excluded.tenant, scope = excluded.scope, value = excluded.value, period = excluded.period,
    unit = excluded.unit, "limit" = excluded."limit", warn_share = excluded.warn_share;

-- database.usage_statements.FORGET_COUNTERS
delete from budget_counters where budget_id = $1;

-- database.usage_statements.COUNT_ANEW
insert into budget_counters (budget_id, period_start, spent, reserved)
select $1, period_start, sum(spent), sum(reserved)
from (
    select
        created_at, caller, batch_id, 0 as reserved,
        case when $2 then prompt_tokens + completion_tokens else coalesce(cost, 0) end as spent
    from usage_entries
    where tenant = $3 and created_at >= $4
    union all
    select
        created_at, caller, batch_id,
        case when $2 then estimated_tokens else coalesce(estimated_cost, 0) end, 0
    from usage_reservations
    where tenant = $3 and created_at >= $4
) as call
cross join lateral (
    select case $5::text
        when 'daily' then (created_at at time zone 'UTC')::date
        when 'monthly' then date_trunc('month', created_at at time zone 'UTC')::date
        else $6::date
    end as period_start
) as period
where case $7::text when 'caller' then caller = $8 when 'batch' then batch_id = $8 else true end
group by period_start;

-- database.usage_statements.BUDGETS
select id, tenant, scope, value, period, unit, "limit", warn_share from usage_budgets where tenant = $1 order by id;

-- database.usage_statements.TENANTS
select distinct tenant collate "C" as name from usage_budgets order by name;

-- database.usage_statements.DELETE_BUDGET
delete from usage_budgets where id = $1;

-- database.usage_statements.ROLL_UP
with taken as (
    update usage_entries set is_rolled_up = true
    where id in (
        select id from usage_entries
        where not is_rolled_up and created_at < $1
        order by created_at
        limit $2
        for update skip locked
    )
    returning *
), added as (
    insert into usage_hours (tenant, hour, caller, model, route, calls, failed, cancelled, unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost)
    select tenant, date_trunc('hour', created_at, 'UTC') as hour, caller, model, route, 
    count(*), count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'cancelled'),
    count(*) filter (where cost is null), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
    sum(reasoning_tokens), coalesce(sum(cost), 0)

    from taken
    group by tenant, hour, caller, model, route
    order by tenant, hour, caller, model, route
    on conflict (tenant, hour, caller, model, route) do update
    set calls = usage_hours.calls + excluded.calls,
        failed = usage_hours.failed + excluded.failed,
        cancelled = usage_hours.cancelled + excluded.cancelled,
        unpriced = usage_hours.unpriced + excluded.unpriced,
        prompt_tokens = usage_hours.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = usage_hours.completion_tokens + excluded.completion_tokens,
        cached_tokens = usage_hours.cached_tokens + excluded.cached_tokens,
        reasoning_tokens = usage_hours.reasoning_tokens + excluded.reasoning_tokens,
        cost = usage_hours.cost + excluded.cost
)
select model as key, 
    count(*), count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'cancelled'),
    count(*) filter (where cost is null), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
    sum(reasoning_tokens), coalesce(sum(cost), 0)
 from taken group by model;

-- database.usage_statements.TOTALS.day
select
    key, sum(calls)::int8, sum(failed)::int8, sum(cancelled)::int8, sum(unpriced)::int8, sum(prompt_tokens)::int8,
    sum(completion_tokens)::int8, sum(cached_tokens)::int8, sum(reasoning_tokens)::int8, sum(cost)
from (
    select to_char(hour at time zone 'UTC', 'YYYY-MM-DD') collate "C"  as key, calls, failed, cancelled, unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost
    from usage_hours
    where tenant = $1 and hour >= $2 and hour < $3
    union all
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') collate "C" , 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and not is_rolled_up and created_at >= $2 and created_at < $3
    union all
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') collate "C" , 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and created_at >= $4 and created_at < least($2, $5)
    union all
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') collate "C" , 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1
        and created_at >= greatest($2, $3) and created_at < $5
) as part
group by key
order by key;

-- database.usage_statements.TOTALS.model
select
    key, sum(calls)::int8, sum(failed)::int8, sum(cancelled)::int8, sum(unpriced)::int8, sum(prompt_tokens)::int8,
    sum(completion_tokens)::int8, sum(cached_tokens)::int8, sum(reasoning_tokens)::int8, sum(cost)
from (
    select model as key, calls, failed, cancelled, unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost
    from usage_hours
    where tenant = $1 and hour >= $2 and hour < $3
    union all
    select model, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and not is_rolled_up and created_at >= $2 and created_at < $3
    union all
    select model, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and created_at >= $4 and created_at < least($2, $5)
    union all
    select model, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1
        and created_at >= greatest($2, $3) and created_at < $5
) as part
group by key
order by key;

-- database.usage_statements.TOTALS.caller
select
    key, sum(calls)::int8, sum(failed)::int8, sum(cancelled)::int8, sum(unpriced)::int8, sum(prompt_tokens)::int8,
    sum(completion_tokens)::int8, sum(cached_tokens)::int8, sum(reasoning_tokens)::int8, sum(cost)
from (
    select caller as key, calls, failed, cancelled, unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost
    from usage_hours
    where tenant = $1 and hour >= $2 and hour < $3
    union all
    select caller, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and not is_rolled_up and created_at >= $2 and created_at < $3
    union all
    select caller, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1 and created_at >= $4 and created_at < least($2, $5)
    union all
    select caller, 
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost

    from usage_entries
    where tenant = $1
        and created_at >= greatest($2, $3) and created_at < $5
) as part
group by key
order by key;

-- database.usage_statements.TOTALS.batch
select batch_id as key, 
    count(*), count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'cancelled'),
    count(*) filter (where cost is null), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
    sum(reasoning_tokens), coalesce(sum(cost), 0)

from usage_entries
where tenant = $1 and created_at >= $2 and created_at < $3
group by key
order by key nulls first;

-- database.validation_store._BEGIN
insert into validations (id, tenant, caller, kind, name, source, checks, asked_at, state, row_count)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update
set kind = excluded.kind, name = excluded.name, source = excluded.source, checks = excluded.checks,
    asked_at = excluded.asked_at, state = excluded.state, row_count = excluded.row_count,
    summary = null, reason = null, ended_at = null
where validations.asked_at < excluded.asked_at
   or (validations.asked_at = excluded.asked_at and validations.state = 'failed');

-- database.validation_store._GET
select id, tenant, caller, kind, name, source, checks::text, asked_at, state, row_count, summary::text, reason, ended_at
from validations where id = $1;

-- database.validation_store._PROGRESS
update validations set state = 'running', row_count = $1
where id = $2 and asked_at = $3 and ended_at is null;

-- database.validation_store._COMPLETE
update validations set state = 'completed', row_count = $1, summary = $2, ended_at = $3
where id = $4 and asked_at = $5 and ended_at is null;

-- database.validation_store._FAIL
update validations set state = 'failed', reason = $1, ended_at = $2
where id = $3 and asked_at = $4 and ended_at is null;

-- database.webhook_deliveries._ADD
insert into webhook_deliveries (
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at
)
select $1, webhooks.id, $2, $3, $4, $5, $6, $7,
    $8
from webhooks where webhooks.id = $9
on conflict do nothing;

-- database.webhook_deliveries._GET
select 
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at, failures, attempt_count,
    attempts::text
 from webhook_deliveries where id = $1;

-- database.webhook_deliveries._NEWEST
select 
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at, failures, attempt_count,
    attempts::text
 from webhook_deliveries
where webhook_id = $1 and ($2::text is null or id < $2::text)
order by id desc
limit $3;

-- database.webhook_deliveries._RESTART
update webhook_deliveries set state = 'pending', next_attempt_at = $1, failures = 0 where id = $2 returning 
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at, failures, attempt_count,
    attempts::text;

-- database.webhook_deliveries._CLAIM
with due as (
    select id, is_lent, row_number() over (partition by webhook_id order by is_lent desc, next_attempt_at, id) as place
    from (
        select waiting.id, waiting.webhook_id, waiting.next_attempt_at,
            coalesce(waiting.leased_until > $1, false) as is_lent
        from webhook_deliveries as waiting
        join webhooks on webhooks.id = waiting.webhook_id and webhooks.is_enabled
        where waiting.state = 'pending' and waiting.next_attempt_at <= $1
    ) as waiting
), chosen as (
    select delivery.id from webhook_deliveries as delivery join due on due.id = delivery.id
    where not due.is_lent and due.place <= $2 and delivery.state = 'pending'
        and delivery.next_attempt_at <= $1
        and (delivery.leased_until is null or delivery.leased_until <= $1)
    order by delivery.next_attempt_at, delivery.id
    limit $3
    for update of delivery skip locked
)
update webhook_deliveries set leased_until = $4
where id in (select id from chosen)
returning 
    id, webhook_id, tenant, event_id, event_type, body, created_at, state, next_attempt_at, failures, attempt_count,
    attempts::text;

-- database.webhook_deliveries._WEBHOOKS
select 
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
 from webhooks where id = any($1);

-- database.webhook_deliveries._SECRETS
select webhook_id, secret from webhook_secrets
where webhook_id = any($1) and (valid_until is null or valid_until > $2)
order by number desc;

-- database.webhook_deliveries._LENT
select attempts::text from webhook_deliveries where id = $1 and leased_until = $2 for update;

-- database.webhook_deliveries._SETTLE
update webhook_deliveries
set state = $1, next_attempt_at = $2, failures = $3, leased_until = null,
    attempt_count = attempt_count + 1, attempts = $4::json
where id = $5;

-- database.webhook_deliveries._JUDGE
update webhooks
set failing_since = $1, is_enabled = is_enabled and $2::text is null,
    disabled_reason = coalesce($2::text, disabled_reason)
where id = $3
    and (failing_since is distinct from $1 or $2::text is not null);

-- database.webhook_deliveries._PURGE
delete from webhook_deliveries where created_at < $1;

-- database.webhook_registry._CREATE
insert into webhooks (
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- database.webhook_registry._GET
select 
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
 from webhooks where id = $1;

-- database.webhook_registry._NEWEST
select 
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
 from webhooks
where $1::text is null or id < $1::text
order by id desc
limit $2;

-- database.webhook_registry._COUNT
select count(*) from webhooks where tenant = $1;

-- database.webhook_registry._SUBSCRIBED
select 
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since
 from webhooks where tenant = $1 and is_enabled and $2 = any(event_types) order by id;

-- database.webhook_registry._CHANGE
update webhooks
set url = $1, event_types = $2, description = $3, is_enabled = $4, disabled_reason = null, failing_since = null
where id = $5
returning 
    id, tenant, url, event_types, description, is_enabled, created_at, disabled_reason, failing_since;

-- database.webhook_registry._DELETE
delete from webhooks where id = $1;

-- database.webhook_registry._LOCK
select id from webhooks where id = $1 for no key update;

-- database.webhook_registry._END_PRESENT
update webhook_secrets set valid_until = $1 where webhook_id = $2 and valid_until is null;

-- database.webhook_registry._ADD_ANOTHER
insert into webhook_secrets (created_at, number, webhook_id, secret)
select $1, coalesce(max(number), 0) + 1, $2, $3 from webhook_secrets where webhook_id = $2;

-- database.webhook_registry._DROP_OLDEST
delete from webhook_secrets
where webhook_id = $1
    and number <= (select max(number) from webhook_secrets where webhook_id = $1) - $2;

-- queues.postgres_statements.MISSING_ENTITIES
insert into queue_entities (namespace, name)
select $1, name from unnest($2::text[]) as name
where not exists (select from queue_entities as known where known.namespace = $1 and known.name = name)
order by name
on conflict do nothing;

-- queues.postgres_statements.ENTITY_IDS
select name, id from queue_entities where namespace = $1 and name = any($2);

-- queues.postgres_statements.SEND
with numbered as materialized (
    select place, nextval('queue_numbers') as number from generate_series(1, $1::integer) as place
), remembered as (
    insert into queue_message_ids (entity_id, message_id, expires_at)
    select $2, id, $3 from unnest($4::text[]) as id
    on conflict (entity_id, message_id) do update set expires_at = excluded.expires_at
    where queue_message_ids.expires_at <= $5
    returning message_id
), copied as (
    insert into queue_messages (
        entity_id, sequence_number, turn, due_at, enqueued_at, expires_at, message_id, session_id, properties, body
    )
    select copy.entity_id, numbered.number, case when copy.due_at is null then numbered.number end, copy.due_at,
        copy.enqueued_at, copy.expires_at, copy.message_id, copy.session_id, copy.properties::json, copy.body
    from unnest(
        $6::integer[], $7::integer[], $8::boolean[], $9::timestamptz[],
        $10::timestamptz[], $11::timestamptz[], $12::text[],
        $13::text[], $14::text[], $15::bytea[]
    ) as copy (
        place, entity_id, is_checked, due_at, enqueued_at, expires_at, message_id, session_id, properties, body
    )
    join numbered using (place)
    where not copy.is_checked or copy.message_id in (select message_id from remembered)
    returning entity_id
)
select (select array_agg(number order by place) from numbered), (select array_agg(message_id) from remembered),
    (select count(pg_notify($16, entity_id::text)) from (select distinct entity_id from copied) as touched);

-- queues.postgres_statements.FORGET_IDS
delete from queue_message_ids where ctid = any(array(
    select ctid from queue_message_ids where expires_at <= $1
    order by expires_at limit 1000 for update skip locked
));

-- queues.postgres_statements.NOTIFY
select pg_notify($1, $2::text);

-- queues.postgres_statements.PROBE
select exists (select from queue_messages where entity_id = $1 and due_at <= $2),
    exists (
        select from queue_messages where entity_id = $1 and expires_at <= $2 and lock_token is null
    ),
    exists (
        select from queue_messages where entity_id = $1 and session_id is not null and turn is not null
    ),
    set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);

-- queues.postgres_statements.BURY_SPENT
with buried as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (
        select sequence_number from queue_messages
        where entity_id = $1 and due_at <= $2 and lock_token is not null and delivery_count >= $3
        order by due_at, sequence_number limit 500 for update skip locked
    ) as chosen
)
update queue_messages as message
set entity_id = $4, sequence_number = buried.number, turn = buried.number, due_at = null,
    expires_at = null, lock_token = null, holder = null, dead_letter_reason = $5,
    dead_letter_description = format('It was delivered %s times, the limit is %s.', delivery_count, $3::integer)
from buried
where message.entity_id = $1 and message.sequence_number = buried.sequence_number;

-- queues.postgres_statements._EXPIRED
select sequence_number from queue_messages
    where entity_id = $1 and expires_at <= $2 and lock_token is null
    order by expires_at, sequence_number limit 500 for update skip locked;

-- queues.postgres_statements.BURY_EXPIRED
with buried as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (
    select sequence_number from queue_messages
    where entity_id = $1 and expires_at <= $2 and lock_token is null
    order by expires_at, sequence_number limit 500 for update skip locked
    ) as chosen
)
update queue_messages as message
set entity_id = $3, sequence_number = buried.number, turn = buried.number, due_at = null,
    expires_at = null, lock_token = null, holder = null, dead_letter_reason = $4,
    dead_letter_description = 'It was not completed within its time to live.'
from buried
where message.entity_id = $1 and message.sequence_number = buried.sequence_number;

-- queues.postgres_statements.DROP_EXPIRED
delete from queue_messages where entity_id = $1 and sequence_number = any(array(
    select sequence_number from queue_messages
    where entity_id = $1 and expires_at <= $2 and lock_token is null
    order by expires_at, sequence_number limit 500 for update skip locked
    ));

-- queues.postgres_statements.BURY
with buried as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (select sequence_number from queue_messages where 
    entity_id = $1 and sequence_number = $2 and lock_token = $3 and due_at > $4
 for update) as chosen
)
update queue_messages as message
set entity_id = $5, sequence_number = buried.number, turn = buried.number, due_at = null,
    expires_at = null, lock_token = null, holder = null, dead_letter_reason = $6,
    dead_letter_description = $7
from buried
where message.entity_id = $1 and message.sequence_number = buried.sequence_number;

-- queues.postgres_statements.RELEASE_DUE
update queue_messages set turn = sequence_number, due_at = null, lock_token = null, holder = null
    where entity_id = $1 and sequence_number = any(array(
        select sequence_number from queue_messages
        where entity_id = $1 and due_at <= $2 and not (lock_token is not null and delivery_count >= $3)
        order by due_at limit 500 for update skip locked
    ));

-- queues.postgres_statements.RECEIVE
update queue_messages
set turn = null, due_at = $1, lock_token = $2, holder = $3, delivery_count = delivery_count + 1
where entity_id = $4 and sequence_number = any(array(
    select sequence_number from queue_messages as waiting
    where entity_id = $4 and turn is not null and (expires_at is null or expires_at > $5)
        and session_id is null
    order by turn limit $6 for update of waiting skip locked
))
returning 
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description;

-- queues.postgres_statements.ONE_RECEIVER
select pg_advisory_xact_lock(32328, $1::integer);

-- queues.postgres_statements.RECEIVE_ANY
update queue_messages
set turn = null, due_at = $1, lock_token = $2, holder = $3, delivery_count = delivery_count + 1
where entity_id = $4 and sequence_number = any(array(
    select sequence_number from queue_messages as waiting
    where entity_id = $4 and turn is not null and (expires_at is null or expires_at > $5)
        and (session_id is null or 
    not exists (
        select from queue_messages as earlier
        where earlier.entity_id = $4 and earlier.session_id = waiting.session_id
            and earlier.lock_token is not null and earlier.sequence_number < waiting.sequence_number
    )
)
    order by turn limit $6 for update of waiting skip locked
))
returning 
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description;

-- queues.postgres_statements.RECEIVE_SESSION
update queue_messages
set turn = null, due_at = $1, lock_token = $2, holder = $3, delivery_count = delivery_count + 1
where entity_id = $4 and sequence_number = any(array(
    select sequence_number from queue_messages as waiting
    where entity_id = $4 and turn is not null and (expires_at is null or expires_at > $5)
        and session_id = $6 and 
    not exists (
        select from queue_messages as earlier
        where earlier.entity_id = $4 and earlier.session_id = waiting.session_id
            and earlier.lock_token is not null and earlier.sequence_number < waiting.sequence_number
    )

    order by turn limit $7 for update of waiting skip locked
))
returning 
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description;

-- queues.postgres_statements.RECEIVE_DEFERRED
update queue_messages
set turn = null, due_at = $1, lock_token = $2, holder = $3, delivery_count = delivery_count + 1
where entity_id = $4 and sequence_number = any(array(
        select sequence_number from queue_messages
        where entity_id = $4 and sequence_number = any($5::bigint[])
            and turn is null and due_at is null
        for update skip locked
    ))
returning 
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description;

-- queues.postgres_statements.RENEW
update queue_messages set due_at = $1, holder = $2 where 
    entity_id = $3 and sequence_number = $4 and lock_token = $5 and due_at > $6;

-- queues.postgres_statements.COMPLETE
delete from queue_messages
where entity_id = $1 and sequence_number = any($2::bigint[]) and due_at > $3
    and (sequence_number, lock_token) in (select * from unnest($2::bigint[], $4::bigint[]));

-- queues.postgres_statements.ABANDON
update queue_messages set due_at = $1, holder = null where 
    entity_id = $2 and sequence_number = $3 and lock_token = $4 and due_at > $1;

-- queues.postgres_statements.DEFER
update queue_messages set due_at = null, lock_token = null, holder = null where 
    entity_id = $1 and sequence_number = $2 and lock_token = $3 and due_at > $4;

-- queues.postgres_statements.CANCEL_SCHEDULED
delete from queue_messages
where entity_id = any($1) and sequence_number = any($2) and due_at > $3 and lock_token is null;

-- queues.postgres_statements.PEEK
select 
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description
 from queue_messages where entity_id = $1 and sequence_number >= $2
    order by sequence_number limit $3;

-- queues.postgres_statements.RESEND
with sent as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (
        select sequence_number from queue_messages where entity_id = $1 and turn is not null
        order by turn limit $2 for update skip locked
    ) as chosen
)
update queue_messages as message
set entity_id = $3, sequence_number = sent.number, turn = sent.number, delivery_count = 0,
    enqueued_at = $4, expires_at = $5, dead_letter_reason = null, dead_letter_description = null
from sent
where message.entity_id = $1 and message.sequence_number = sent.sequence_number;

-- queues.postgres_statements.DEPTH
select count(*) filter (where turn is not null),
    count(*) filter (where lock_token is not null),
    count(*) filter (where due_at is not null and lock_token is null),
    count(*) filter (where turn is null and due_at is null)
from queue_messages where entity_id = $1;

-- queues.postgres_statements.OUTLOOK
select (
        select due_at from queue_messages where entity_id = $1 and due_at is not null order by due_at limit 1
    ), (
        select expires_at from queue_messages
        where entity_id = $1 and expires_at is not null and lock_token is null order by expires_at limit 1
    ), exists (
        select from queue_messages where entity_id = $1 and due_at is not null and holder <> $2
    );

-- queues.postgres_statements.GONE_HOLDERS
select holder
    from (
        select distinct holder from queue_messages
        where entity_id = $1 and due_at is not null and holder <> $2
    ) as held
    where 
    not exists (
        select from pg_locks
        where locktype = 'advisory' and classid = 32327 and objid = held.holder::oid and objsubid = 2
            and database = (select oid from pg_database where datname = current_database())
    );

-- queues.postgres_statements.END_LOCKS
update queue_messages set due_at = $1, holder = null
    where entity_id = $2 and sequence_number = any(array(
        select sequence_number from queue_messages as held
        where entity_id = $2 and due_at > $1 and due_at <= $3 and holder = any($4)
            and 
    not exists (
        select from pg_locks
        where locktype = 'advisory' and classid = 32327 and objid = held.holder::oid and objsubid = 2
            and database = (select oid from pg_database where datname = current_database())
    )
    
        limit 500 for update of held skip locked
    ));

-- queues.postgres_statements.SHOW_LIFE
select pg_advisory_lock(32327, $1::integer);

-- queues.postgres_statements.CHECK
select from queue_messages limit 0;

