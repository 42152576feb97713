BEGIN;

CREATE TABLE textnlp.alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

create table textnlp.batches (
    batch_key integer generated always as identity primary key,
    slice_count integer not null default 0,
    input_rows bigint not null default 0,
    accepted_rows bigint not null default 0,
    rejected_rows bigint not null default 0,
    failed_rows bigint not null default 0,
    prompt_tokens bigint not null default 0,
    completion_tokens bigint not null default 0,
    cached_tokens bigint not null default 0,
    reasoning_tokens bigint not null default 0,
    created_at timestamptz not null,
    finished_at timestamptz,
    id text collate "C" not null constraint batches_id_is_unique unique,
    state text not null,
    name text not null,
    spec json not null,
    source text constraint batches_source_is_unique unique,
    source_sha256 text not null,
    requests_path text not null,
    output_prefix text not null,
    reason text,
    constraint batches_balance check (accepted_rows + rejected_rows + failed_rows <= input_rows)
) with (fillfactor = 50);

create table textnlp.batch_slices (
    batch_key integer not null references textnlp.batches on delete cascade,
    slice_index integer not null,
    first_row integer not null,
    row_count integer not null,
    byte_offset bigint not null,
    size_bytes bigint not null,
    primary key (batch_key, slice_index)
);

create table textnlp.batch_rows (
    batch_key integer not null,
    row_index integer not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    cached_tokens integer not null,
    reasoning_tokens integer not null,
    attempts smallint not null,
    state smallint not null,
    payload_hash bytea not null,
    row_id bytea not null,
    code text,
    record bytea not null,
    primary key (batch_key, row_index)
) with (toast_tuple_target = 8160);

alter table textnlp.batch_rows alter column record set storage external;

create index batch_rows_not_accepted on textnlp.batch_rows (batch_key, row_index) where state <> 1;

INSERT INTO textnlp.alembic_version (version_num) VALUES ('0001') RETURNING textnlp.alembic_version.version_num;

-- Running upgrade 0001 -> 0002

create sequence textnlp.queue_numbers as bigint;

create table textnlp.queue_entities (
    id integer generated always as identity primary key,
    namespace text not null,
    name text not null,
    unique (namespace, name)
);

create table textnlp.queue_messages (
    sequence_number bigint not null,
    turn bigint,
    due_at timestamptz,
    expires_at timestamptz,
    enqueued_at timestamptz not null,
    lock_token bigint,
    entity_id integer not null,
    holder integer,
    delivery_count integer not null default 0,
    message_id text not null,
    session_id text,
    properties json not null,
    dead_letter_reason text,
    dead_letter_description text,
    body bytea not null,
    primary key (entity_id, sequence_number),
    check (turn is null or (due_at is null and lock_token is null)),
    check (lock_token is null or due_at is not null)
) with (
    fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
, toast.autovacuum_vacuum_threshold = 1000, toast.autovacuum_vacuum_scale_factor = 0.01);

create table textnlp.queue_message_ids (
    expires_at timestamptz not null,
    entity_id integer not null,
    message_id text not null,
    primary key (entity_id, message_id)
) with (
    fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
);

create index queue_messages_line on textnlp.queue_messages (entity_id, turn) where turn is not null;

create index queue_messages_due on textnlp.queue_messages (entity_id, due_at) where due_at is not null;

create index queue_messages_expiry on textnlp.queue_messages (entity_id, expires_at) where lock_token is null and expires_at is not null;

create index queue_messages_session_line on textnlp.queue_messages (entity_id, session_id, turn) where session_id is not null and turn is not null;

create index queue_messages_session_locks on textnlp.queue_messages (entity_id, session_id, sequence_number) where session_id is not null and lock_token is not null;

create index queue_message_ids_expiry on textnlp.queue_message_ids (expires_at);

UPDATE textnlp.alembic_version SET version_num='0002' WHERE textnlp.alembic_version.version_num = '0001';

-- Running upgrade 0002 -> 0003

alter table textnlp.batches
    add column tenant text not null default 'local',
    add column caller text not null default 'local';

create index batches_of_tenant on textnlp.batches (tenant, id desc);

do $$
begin
    if not exists (select from pg_roles where rolname = 'textnlp_tenant') then
        create role textnlp_tenant nologin;
    end if;
exception when duplicate_object or unique_violation then
    null;
end
$$;

do $$
begin
    grant textnlp_tenant to current_user;
exception when insufficient_privilege then
    raise notice 'whoever made the role textnlp_tenant has to grant it to this account';
end
$$;

grant usage on schema textnlp to textnlp_tenant;
grant select, insert, update on textnlp.batches to textnlp_tenant;
grant select, insert on textnlp.batch_slices to textnlp_tenant;
grant select, insert, delete on textnlp.batch_rows to textnlp_tenant;

alter table textnlp.batches enable row level security;
alter table textnlp.batch_slices enable row level security;
alter table textnlp.batch_rows enable row level security;
create policy own_batches on textnlp.batches to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_slices on textnlp.batch_slices to textnlp_tenant
    using (batch_key in (select own.batch_key from textnlp.batches as own));
create policy own_rows on textnlp.batch_rows to textnlp_tenant
    using (batch_key in (select own.batch_key from textnlp.batches as own));

UPDATE textnlp.alembic_version SET version_num='0003' WHERE textnlp.alembic_version.version_num = '0002';

-- Running upgrade 0003 -> 0004

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
) with (fillfactor = 80);

create index generations_of_tenant on textnlp.generations (tenant, id desc);

grant select, insert, update on textnlp.generations to textnlp_tenant;
alter table textnlp.generations enable row level security;
create policy own_generations on textnlp.generations to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0004' WHERE textnlp.alembic_version.version_num = '0003';

-- Running upgrade 0004 -> 0005

create table textnlp.clients (
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    id text collate "C" primary key,
    key_prefix text collate "C" not null constraint clients_key_prefix_is_unique unique,
    tenant text not null,
    name text not null,
    grants text[] not null,
    call_limits json not null,
    key_hash bytea not null constraint clients_key_hash_is_sha256 check (octet_length(key_hash) = 32)
) with (fillfactor = 70);

create index clients_tenant on textnlp.clients (tenant, id);

UPDATE textnlp.alembic_version SET version_num='0005' WHERE textnlp.alembic_version.version_num = '0004';

-- Running upgrade 0005 -> 0006

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
) with (
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
);

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
);

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
);

create table textnlp.usage_budgets (
    id text collate "C" primary key,
    tenant text not null,
    scope text not null,
    value text not null,
    period text not null,
    unit text not null,
    "limit" numeric not null,
    warn_share double precision not null
) with (fillfactor = 50);

create table textnlp.budget_counters (
    period_start date not null,
    budget_id text collate "C" not null references textnlp.usage_budgets on delete cascade,
    spent numeric not null,
    reserved numeric not null,
    primary key (budget_id, period_start)
) with (fillfactor = 50,
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
);

create index usage_reservations_expiry on textnlp.usage_reservations (expires_at);

create index usage_entries_by_time on textnlp.usage_entries (tenant, created_at);

create index usage_entries_not_rolled_up on textnlp.usage_entries (created_at) where not is_rolled_up;

create index usage_entries_by_batch on textnlp.usage_entries (batch_id) where batch_id is not null;

create index usage_budgets_by_tenant on textnlp.usage_budgets (tenant);

UPDATE textnlp.alembic_version SET version_num='0006' WHERE textnlp.alembic_version.version_num = '0005';

-- Running upgrade 0006 -> 0007

create table textnlp.sign_ins (
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    id text collate "C" primary key,
    oauth_client text not null,
    subject text not null,
    tenant text not null,
    caller text not null,
    grants text[] not null,
    has_refresh boolean not null
);

create index sign_ins_ending on textnlp.sign_ins (expires_at);

create table textnlp.one_time_secrets (
    expires_at timestamptz not null,
    uses integer not null default 0,
    rotation integer not null,
    wants_identity boolean not null,
    digest bytea primary key constraint one_time_secrets_digest_is_sha256 check (octet_length(digest) = 32),
    purpose text not null,
    sign_in_id text collate "C" not null references textnlp.sign_ins (id) on delete cascade,
    redirect_uri text not null,
    challenge text not null,
    nonce text not null
);

create index one_time_secrets_sign_in on textnlp.one_time_secrets (sign_in_id);

UPDATE textnlp.alembic_version SET version_num='0007' WHERE textnlp.alembic_version.version_num = '0006';

-- Running upgrade 0007 -> 0008

create table textnlp.webhooks (
    created_at timestamptz not null,
    failing_since timestamptz,
    is_enabled boolean not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    url text not null,
    event_types text[] not null,
    description text not null,
    disabled_reason text
) with (fillfactor = 70);

create table textnlp.webhook_secrets (
    created_at timestamptz not null,
    valid_until timestamptz,
    number integer not null,
    webhook_id text collate "C" not null references textnlp.webhooks on delete cascade,
    secret text not null,
    primary key (webhook_id, number)
);

create table textnlp.webhook_deliveries (
    created_at timestamptz not null,
    next_attempt_at timestamptz,
    leased_until timestamptz,
    failures integer not null default 0,
    attempt_count integer not null default 0,
    id text collate "C" primary key,
    webhook_id text collate "C" not null references textnlp.webhooks on delete cascade,
    tenant text collate "C" not null,
    event_id text not null,
    event_type text not null,
    state text not null,
    body bytea not null,
    attempts json not null default '[]',
    constraint webhook_deliveries_event_is_unique unique (webhook_id, event_id)
) with (fillfactor = 70);

create index webhooks_of_tenant on textnlp.webhooks (tenant, id desc);

create index webhook_deliveries_by_webhook on textnlp.webhook_deliveries (webhook_id, id desc);

create index webhook_deliveries_due on textnlp.webhook_deliveries (next_attempt_at) where state = 'pending';

create index webhook_deliveries_by_age on textnlp.webhook_deliveries (created_at);

grant select, insert, update, delete on textnlp.webhooks to textnlp_tenant;
grant select (created_at, valid_until, number, webhook_id), insert, update (valid_until), delete
    on textnlp.webhook_secrets to textnlp_tenant;
grant select, insert, update (state, next_attempt_at, failures) on textnlp.webhook_deliveries to textnlp_tenant;

alter table textnlp.webhooks enable row level security;
alter table textnlp.webhook_secrets enable row level security;
alter table textnlp.webhook_deliveries enable row level security;
create policy own_webhooks on textnlp.webhooks to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_secrets on textnlp.webhook_secrets to textnlp_tenant
    using (webhook_id in (select own.id from textnlp.webhooks as own));
create policy own_deliveries on textnlp.webhook_deliveries to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant') and webhook_id in (select own.id from textnlp.webhooks as own));

UPDATE textnlp.alembic_version SET version_num='0008' WHERE textnlp.alembic_version.version_num = '0007';

-- Running upgrade 0008 -> 0009

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
);

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
) with (fillfactor = 50);

create index files_of_tenant on textnlp.files (tenant, created_at desc, id desc);

create index files_by_expiry on textnlp.files (expires_at) where expires_at is not null;

create index batch_jobs_of_tenant on textnlp.batch_jobs (tenant, id desc);

create index batch_jobs_unended on textnlp.batch_jobs (id) where status not in ('completed', 'failed', 'expired', 'cancelled');

grant select, insert, delete on textnlp.files to textnlp_tenant;
grant select, insert, update on textnlp.batch_jobs to textnlp_tenant;
alter table textnlp.files enable row level security;
alter table textnlp.batch_jobs enable row level security;
create policy own_files on textnlp.files to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_jobs on textnlp.batch_jobs to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0009' WHERE textnlp.alembic_version.version_num = '0008';

-- Running upgrade 0009 -> 0010

create table textnlp.idempotency_keys (
    claimed_at timestamptz not null,
    expires_at timestamptz not null,
    status smallint,
    key_id bytea primary key constraint idempotency_keys_key_is_sha256 check (octet_length(key_id) = 32),
    claim_id text collate "C" not null,
    tenant text not null,
    fingerprint bytea,
    headers bytea,
    body bytea
) with (
    fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);

create index idempotency_keys_expiry on textnlp.idempotency_keys (expires_at);

grant select, insert, update, delete on textnlp.idempotency_keys to textnlp_tenant;
alter table textnlp.idempotency_keys enable row level security;
create policy own_idempotency_keys on textnlp.idempotency_keys to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0010' WHERE textnlp.alembic_version.version_num = '0009';

-- Running upgrade 0010 -> 0011

create table textnlp.call_cache (
    created_at timestamptz not null default now(),
    tenant text collate "C" not null,
    key bytea not null constraint call_cache_key_is_payload_hash check (octet_length(key) = 16),
    value bytea not null,
    primary key (tenant, key)
);

create index call_cache_age on textnlp.call_cache (created_at);

grant select, insert, delete, update (created_at) on textnlp.call_cache to textnlp_tenant;
alter table textnlp.call_cache enable row level security;
create policy own_call_cache on textnlp.call_cache to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0011' WHERE textnlp.alembic_version.version_num = '0010';

-- Running upgrade 0011 -> 0012

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
);

grant select, insert, delete, update (file_id, batch_id, touched_at) on textnlp.provider_batches to textnlp_tenant;
alter table textnlp.provider_batches enable row level security;
create policy own_provider_batches on textnlp.provider_batches to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0012' WHERE textnlp.alembic_version.version_num = '0011';

-- Running upgrade 0012 -> 0013

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
) with (fillfactor = 70);

create index dataset_runs_of_tenant on textnlp.dataset_runs (tenant, id desc);

create index dataset_runs_running on textnlp.dataset_runs (id) where state = 'running';

grant select, insert, update (state, target_rows, reason, ended_at, progress, versions)
    on textnlp.dataset_runs to textnlp_tenant;
alter table textnlp.dataset_runs enable row level security;
create policy own_dataset_runs on textnlp.dataset_runs to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0013' WHERE textnlp.alembic_version.version_num = '0012';

-- Running upgrade 0013 -> 0014

create table textnlp.reviews (
    created_at timestamptz not null,
    overlap integer not null,
    item_count integer not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    owner text not null,
    source text not null,
    document bytea not null,
    constraint reviews_are_of_a_tenant unique (tenant, id)
);

create table textnlp.review_items (
    position integer not null,
    answer_count integer not null,
    tenant text collate "C" not null,
    review_id text collate "C" not null,
    state text not null,
    done_by text[] not null,
    lent_to text[] not null,
    lent_until timestamptz[] not null,
    said bytea not null,
    row_json bytea not null,
    primary key (review_id, position),
    constraint review_items_are_of_a_review
        foreign key (tenant, review_id) references textnlp.reviews (tenant, id) on delete cascade
) with (fillfactor = 80);

create index review_items_open on textnlp.review_items (review_id, answer_count desc, position) where state = 'open';

create index review_items_lent on textnlp.review_items using gin (lent_to)
    with (fastupdate = off) where state = 'open' and cardinality(lent_to) > 0;

grant select, insert, delete on textnlp.reviews to textnlp_tenant;
grant select, insert, update (answer_count, state, done_by, lent_to, lent_until, said)
    on textnlp.review_items to textnlp_tenant;

alter table textnlp.reviews enable row level security;
alter table textnlp.review_items enable row level security;
create policy own_reviews on textnlp.reviews to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_review_items on textnlp.review_items to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0014' WHERE textnlp.alembic_version.version_num = '0013';

-- Running upgrade 0014 -> 0015

create table textnlp.dataset_catalog (
    revision bigint not null,
    is_swept boolean not null,
    dataset_id text collate "C" primary key,
    tenant text collate "C" not null,
    document json not null,
    constraint dataset_catalog_is_of_a_tenant unique (tenant, dataset_id)
) with (fillfactor = 70);

create index dataset_catalog_swept on textnlp.dataset_catalog (dataset_id) where is_swept;

create table textnlp.dataset_events (
    position bigint not null,
    happened_at timestamptz not null,
    tenant text collate "C" not null,
    dataset_id text collate "C" not null,
    document json not null,
    primary key (dataset_id, position),
    constraint dataset_events_are_of_an_entry
        foreign key (tenant, dataset_id) references textnlp.dataset_catalog (tenant, dataset_id) on delete cascade
);

grant select, insert, update (revision, is_swept, document) on textnlp.dataset_catalog to textnlp_tenant;
grant select, insert on textnlp.dataset_events to textnlp_tenant;
alter table textnlp.dataset_catalog enable row level security;
alter table textnlp.dataset_events enable row level security;
create policy own_dataset_catalog on textnlp.dataset_catalog to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_dataset_events on textnlp.dataset_events to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0015' WHERE textnlp.alembic_version.version_num = '0014';

-- Running upgrade 0015 -> 0016

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
) with (fillfactor = 70);

create index validations_of_tenant on textnlp.validations (tenant, id desc);

grant select, insert, update on textnlp.validations to textnlp_tenant;
alter table textnlp.validations enable row level security;
create policy own_validations on textnlp.validations to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));

UPDATE textnlp.alembic_version SET version_num='0016' WHERE textnlp.alembic_version.version_num = '0015';

-- Running upgrade 0016 -> 0017

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
) partition by range (began_at);

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
) partition by range (at);

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
) partition by range (at);

create unlogged table textnlp.telemetry_present (
    at timestamptz not null,
    seconds real not null,
    instance text collate "C" primary key,
    process text not null,
    figures json not null
) with (fillfactor = 50);

create index telemetry_spans_of_trace on textnlp.telemetry_spans (trace_id);

create index telemetry_spans_newest on textnlp.telemetry_spans (began_at, span_id) where is_root;

create index telemetry_spans_named on textnlp.telemetry_spans (name, began_at, span_id) where is_root;

create index telemetry_spans_result on textnlp.telemetry_spans (result, began_at, span_id) where is_root;

create index telemetry_spans_slowest on textnlp.telemetry_spans (duration_us) where is_root;

create index telemetry_spans_failed on textnlp.telemetry_spans (began_at, span_id) where is_root and has_failed;

create index telemetry_lines_newest on textnlp.telemetry_lines (at, ordinal);

create index telemetry_lines_grave on textnlp.telemetry_lines (at, ordinal) where level >= 30;

create index telemetry_lines_of_trace on textnlp.telemetry_lines (trace_id, at) where trace_id is not null;

create index telemetry_rollups_of_metric on textnlp.telemetry_rollups (metric, at);

UPDATE textnlp.alembic_version SET version_num='0017' WHERE textnlp.alembic_version.version_num = '0016';

-- Running upgrade 0017 -> 0018

create table textnlp.console_sessions (
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    token_ends_at timestamptz not null,
    renew_at timestamptz not null,
    renewing_until timestamptz,
    digest bytea primary key constraint console_sessions_digest_is_sha256 check (octet_length(digest) = 32),
    id text collate "C" not null,
    tenant text collate "C" not null,
    subject text not null,
    sealed bytea not null,
    successor bytea
) with (fillfactor = 80);

create index console_sessions_id on textnlp.console_sessions (id);

create index console_sessions_ending on textnlp.console_sessions (expires_at);

UPDATE textnlp.alembic_version SET version_num='0018' WHERE textnlp.alembic_version.version_num = '0017';

COMMIT;
