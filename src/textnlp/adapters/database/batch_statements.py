"""The SQL of the batch ledger."""

from typing import Final, LiteralString

ACCEPTED: Final = 1
REJECTED: Final = 2
FAILED: Final = 3
"""How `batch_rows.state` is stored; the statements below and the index on unaccepted rows repeat the numbers."""

_BATCH_COLUMNS: LiteralString = """
    id, name, state, spec::text, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
"""
_OUTCOME_COLUMNS: LiteralString = """
    row_index, row_id, state, record, payload_hash,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
"""

CREATE = """
insert into batches (
    id, name, state, spec, created_at, source, source_sha256, requests_path, output_prefix,
    input_rows, accepted_rows, rejected_rows, failed_rows,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    slice_count, finished_at, reason, tenant, caller
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

GET = "select COLUMNS from batches where id = %s".replace("COLUMNS", _BATCH_COLUMNS)
FIND_BY_SOURCE = "select COLUMNS from batches where source = %s".replace("COLUMNS", _BATCH_COLUMNS)
NEWEST = """
select COLUMNS from batches
where (%(before)s::text is null or id < %(before)s::text)
    and (%(states)s::text[] is null or state = any(%(states)s::text[]))
order by id desc
limit %(limit)s
""".replace("COLUMNS", _BATCH_COLUMNS)
FIND_KEY = "select batch_key from batches where id = %s"

START = """
update batches
set state = 'running', name = %(name)s, source_sha256 = %(source_sha256)s, requests_path = %(requests_path)s,
    input_rows = %(input_rows)s, slice_count = %(slice_count)s
where id = %(id)s and state = 'ingesting'
returning batch_key
"""
ADD_SLICES = """
insert into batch_slices (batch_key, slice_index, first_row, row_count, byte_offset, size_bytes)
select %s, given.*
from unnest(%b::int4[], %b::int4[], %b::int4[], %b::int8[], %b::int8[]) as given
"""

SET_STATE = """
update batches set state = %(state)s, reason = %(reason)s, finished_at = %(finished_at)s
where id = %(id)s and state = any(%(before)s)
returning COLUMNS
""".replace("COLUMNS", _BATCH_COLUMNS)

# One statement, one round trip, one commit. The batch is locked first, so that no row is stored once it is in a state
# in which its rows stand still; connections that record for one batch take turns.
RECORD = """
with open_batch as (
    select batch_key from batches
    where id = %(id)s and state in ('ingesting', 'running', 'cancelling')
    for no key update
), added as (
    insert into batch_rows (
        batch_key, row_index, row_id, state, record, payload_hash,
        prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, attempts, code
    )
    select open_batch.batch_key, given.*
    from open_batch, unnest(
        %(row_index)b::int4[], %(row_id)b::bytea[], %(state)b::int2[], %(record)b::bytea[], %(payload_hash)b::bytea[],
        %(prompt_tokens)b::int4[], %(completion_tokens)b::int4[], %(cached_tokens)b::int4[],
        %(reasoning_tokens)b::int4[], %(attempts)b::int2[], %(code)b::text[]
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
where batches.id = %(id)s
returning input_rows, accepted_rows, rejected_rows, failed_rows
"""

RECORDED_ROWS = """
select row_index from batch_rows
where batch_key = %(key)s and row_index >= %(first_row)s and row_index < %(end_row)s
"""

UNFINISHED_SLICES = """
select slice_index, first_row, row_count, byte_offset, size_bytes
from batch_slices as slice
where batch_key = %(key)s and row_count > (
    select count(*) from batch_rows
    where batch_key = %(key)s and row_index >= slice.first_row and row_index < slice.first_row + slice.row_count
)
order by slice_index
"""

STREAM = "select COLUMNS from batch_rows where batch_key = %s order by row_index".replace("COLUMNS", _OUTCOME_COLUMNS)
PAGE = """
select COLUMNS from batch_rows
where batch_key = %(key)s and row_index > %(after_row)s and state = any(%(states)s)
order by row_index
limit %(limit)s
""".replace("COLUMNS", _OUTCOME_COLUMNS)
# The same, in words that let the index on unaccepted rows be used.
PAGE_OF_UNACCEPTED = """
select COLUMNS from batch_rows
where batch_key = %(key)s and row_index > %(after_row)s and state <> 1 and state = any(%(states)s)
order by row_index
limit %(limit)s
""".replace("COLUMNS", _OUTCOME_COLUMNS)

# A batch that is being read, or whose reading failed, has no slices: its input is what was recorded.
RECOUNT = """
select
    coalesce((select sum(row_count) from batch_slices where batch_key = %(key)s), count(*))::int8,
    count(*) filter (where state = 1),
    count(*) filter (where state = 2),
    count(*) filter (where state = 3)
from batch_rows
where batch_key = %(key)s
"""

CAUSES = """
with ranked as (
    select coalesce(code, 'internal') as code, count(*) as row_count, min(row_index) as first_row
    from batch_rows
    where batch_key = %(key)s and state <> 1
    group by coalesce(code, 'internal')
    order by row_count desc, code
    limit %(limit)s
)
select ranked.code, ranked.row_count, batch_rows.record
from ranked join batch_rows on batch_rows.batch_key = %(key)s and batch_rows.row_index = ranked.first_row
order by ranked.row_count desc, ranked.code
"""

LOCK: LiteralString = "select batch_key, state, slice_count from batches where id = %s for update"
REOPEN = """
with forgotten as (
    delete from batch_rows
    where batch_key = %(key)s and state <> 1 and state = 3 and attempts > 0
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
where batch_key = %(key)s
returning total.failed
"""
