"""The SQL of the ledger of usage."""

from typing import LiteralString

from textnlp.domain.usage.totals import Grouping

_RESERVATION_COLUMNS: LiteralString = """
    id, tenant, caller, batch_id, model, route, estimated_tokens, estimated_cost, created_at, expires_at
"""
_BUDGET_COLUMNS: LiteralString = 'id, tenant, scope, value, period, unit, "limit", warn_share'
_SUMMED_ENTRIES: LiteralString = """
    count(*), count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'cancelled'),
    count(*) filter (where cost is null), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
    sum(reasoning_tokens), coalesce(sum(cost), 0)
"""
_SUMS: LiteralString = (
    "calls, failed, cancelled, unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost"
)

DO_NOT_WAIT: LiteralString = "set local synchronous_commit = off"

# While calls are counted no budget may come or go: one that came in between would miss the calls under way. Groups do
# not exclude each other here. A statement of its own, so that those after it see what was there once it was granted.
KEEP_BUDGETS = "lock table usage_budgets in row share mode"
CHANGE_BUDGETS = "lock table usage_budgets in exclusive mode"

# Groups that count towards the same budget take turns. Counters are read by a statement after this one, because this
# one sees them as they were before it waited.
LOCK_BUDGETS = """
select COLUMNS from usage_budgets
where tenant = any(%(tenants)s) and value = any(%(values)s)
order by id
for no key update
""".replace("COLUMNS", _BUDGET_COLUMNS)
COUNTERS = """
select budget_id, period_start, spent, reserved
from budget_counters join usage_budgets on usage_budgets.id = budget_id
where tenant = any(%(tenants)s) and value = any(%(values)s) and period_start = any(%(starts)s)
"""
COUNT = """
insert into budget_counters (budget_id, period_start, spent, reserved)
select * from unnest(%b::text[], %b::date[], %b::numeric[], %b::numeric[])
on conflict (budget_id, period_start) do update
set spent = budget_counters.spent + excluded.spent, reserved = budget_counters.reserved + excluded.reserved
"""

KNOWN = """
select id from usage_reservations where id = any(%(ids)s)
union all
select id from usage_entries where id = any(%(ids)s)
"""
RESERVE = """
insert into usage_reservations (COLUMNS)
select * from unnest(
    %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::int8[], %b::numeric[],
    %b::timestamptz[], %b::timestamptz[]
)
on conflict do nothing
""".replace("COLUMNS", _RESERVATION_COLUMNS)
SETTLE = """
insert into usage_entries (
    id, tenant, caller, batch_id, model, route, outcome,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost, created_at, settled_at
)
select * from unnest(
    %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
    %b::int8[], %b::int8[], %b::int8[], %b::int8[], %b::numeric[], %b::timestamptz[], %b::timestamptz[]
)
on conflict do nothing
returning id
"""
# In the order of ids, so that two who settle or take back the same reservations wait for each other instead of for
# ever. Answers with what is left of each.
LOCK_RESERVATIONS = """
select id, estimated_tokens, estimated_cost from usage_reservations where id = any(%(ids)s) order by id for update
"""
TAKE_BACK = "delete from usage_reservations where id = any(%(ids)s)"
DRAW = """
update usage_reservations
set estimated_tokens = estimated_tokens - part.tokens, estimated_cost = estimated_cost - part.cost
from unnest(%b::text[], %b::int8[], %b::numeric[]) as part (id, tokens, cost)
where usage_reservations.id = part.id
"""
EXPIRED = """
select COLUMNS from usage_reservations where expires_at <= %(now)s order by expires_at limit %(limit)s
""".replace("COLUMNS", _RESERVATION_COLUMNS)

SET_BUDGET = """
insert into usage_budgets (COLUMNS) values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (id) do update
set tenant = excluded.tenant, scope = excluded.scope, value = excluded.value, period = excluded.period,
    unit = excluded.unit, "limit" = excluded."limit", warn_share = excluded.warn_share
""".replace("COLUMNS", _BUDGET_COLUMNS)
FORGET_COUNTERS = "delete from budget_counters where budget_id = %s"
# Counts what the present period, and a later one of a machine whose clock is ahead, have seen already.
COUNT_ANEW = """
insert into budget_counters (budget_id, period_start, spent, reserved)
select %(id)s, period_start, sum(spent), sum(reserved)
from (
    select
        created_at, caller, batch_id, 0 as reserved,
        case when %(is_tokens)s then prompt_tokens + completion_tokens else coalesce(cost, 0) end as spent
    from usage_entries
    where tenant = %(tenant)s and created_at >= %(since)s
    union all
    select
        created_at, caller, batch_id,
        case when %(is_tokens)s then estimated_tokens else coalesce(estimated_cost, 0) end, 0
    from usage_reservations
    where tenant = %(tenant)s and created_at >= %(since)s
) as call
cross join lateral (
    select case %(period)s::text
        when 'daily' then (created_at at time zone 'UTC')::date
        when 'monthly' then date_trunc('month', created_at at time zone 'UTC')::date
        else %(first_day)s::date
    end as period_start
) as period
where case %(scope)s::text when 'caller' then caller = %(value)s when 'batch' then batch_id = %(value)s else true end
group by period_start
"""
BUDGETS = "select COLUMNS from usage_budgets where tenant = %s order by id".replace("COLUMNS", _BUDGET_COLUMNS)
TENANTS = 'select distinct tenant collate "C" as name from usage_budgets order by name'
DELETE_BUDGET = "delete from usage_budgets where id = %s"
STANDING = """
select COLUMNS, coalesce(spent, 0), coalesce(reserved, 0)
from usage_budgets left join budget_counters
    on budget_id = id
    and period_start = case period when 'daily' then %(day)s when 'monthly' then %(month)s else %(total)s end
where tenant = %(tenant)s
order by id
""".replace("COLUMNS", _BUDGET_COLUMNS)

# Two that roll up at once pass over each other's calls, and add to hours in one order.
ROLL_UP = """
with taken as (
    update usage_entries set is_rolled_up = true
    where id in (
        select id from usage_entries
        where not is_rolled_up and created_at < %(until)s
        order by created_at
        limit %(limit)s
        for update skip locked
    )
    returning *
), added as (
    insert into usage_hours (tenant, hour, caller, model, route, SUMS)
    select tenant, date_trunc('hour', created_at, 'UTC') as hour, caller, model, route, SUMMED
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
select model as key, SUMMED from taken group by model
""".replace("SUMMED", _SUMMED_ENTRIES).replace("SUMS", _SUMS)

_TOTALS_OF_ENTRIES: LiteralString = """
select KEY as key, SUMMED
from usage_entries
where tenant = %(tenant)s and created_at >= %(since)s and created_at < %(until)s
group by key
order by key nulls first
"""
# Whole hours come from the table of hours, with the calls of these hours that are not in it; what sticks out at both
# ends comes from the calls.
_TOTALS: LiteralString = """
select
    key, sum(calls)::int8, sum(failed)::int8, sum(cancelled)::int8, sum(unpriced)::int8, sum(prompt_tokens)::int8,
    sum(completion_tokens)::int8, sum(cached_tokens)::int8, sum(reasoning_tokens)::int8, sum(cost)
from (
    select HOUR_KEY as key, SUMS
    from usage_hours
    where tenant = %(tenant)s and hour >= %(first_hour)s and hour < %(end_hour)s
    union all
    select KEY, ONE
    from usage_entries
    where tenant = %(tenant)s and not is_rolled_up and created_at >= %(first_hour)s and created_at < %(end_hour)s
    union all
    select KEY, ONE
    from usage_entries
    where tenant = %(tenant)s and created_at >= %(since)s and created_at < least(%(first_hour)s, %(until)s)
    union all
    select KEY, ONE
    from usage_entries
    where tenant = %(tenant)s
        and created_at >= greatest(%(first_hour)s, %(end_hour)s) and created_at < %(until)s
) as part
group by key
order by key
"""
_ONE_ENTRY: LiteralString = """
    1 as calls, (outcome = 'failed')::int as failed, (outcome = 'cancelled')::int as cancelled,
    (cost is null)::int as unpriced, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,
    coalesce(cost, 0) as cost
"""


def _totals(key: LiteralString, hour_key: LiteralString) -> LiteralString:
    statement = _TOTALS.replace("HOUR_KEY", hour_key).replace("KEY", key)
    return statement.replace("SUMS", _SUMS).replace("ONE", _ONE_ENTRY)


TOTALS: dict[Grouping, LiteralString] = {
    Grouping.DAY: _totals(
        """to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') collate "C" """,
        """to_char(hour at time zone 'UTC', 'YYYY-MM-DD') collate "C" """,
    ),
    Grouping.MODEL: _totals("model", "model"),
    Grouping.CALLER: _totals("caller", "caller"),
    Grouping.BATCH: _TOTALS_OF_ENTRIES.replace("KEY", "batch_id").replace("SUMMED", _SUMMED_ENTRIES),
}
"""The statement that adds calls up, by what they are added up by."""
