"""The SQL of the queue. `now` is always the clock's, never the database's.

Rows are chosen by `= any(array(select … for update skip locked))`: it runs once, and the planner takes the primary key
for it, however wrong its statistics are, which a queue outdates by the second.
"""

from typing import Final, LiteralString, cast

CHANNEL: Final = "textnlp_queue"
"""Notified with the id of an entity to which something happened that a waiting receiver may want to see."""


def _fill(template: LiteralString, **parts: LiteralString) -> LiteralString:
    """Put parts in the place of words in capitals."""
    for word, part in parts.items():
        template = template.replace(cast("LiteralString", word), part)
    return template


# First half of the advisory locks by which queue objects show that they live; the holder is the second.
_ADVISORY_CLASS = "32327"
_SESSIONS_CLASS = "32328"

# Messages that one sweep moves at most; the next one goes on.
_SWEEP_LIMIT = "500"

MISSING_ENTITIES: Final = """
insert into queue_entities (namespace, name)
select %(namespace)s, wanted.name from unnest(%(names)s::text[]) as wanted (name)
where not exists (
    select from queue_entities as known where known.namespace = %(namespace)s and known.name = wanted.name
)
order by wanted.name
on conflict do nothing
"""

ENTITY_IDS: Final = "select name, id from queue_entities where namespace = %(namespace)s and name = any(%(names)s)"

# Copies of one message in several subscriptions share its number. Ids are inserted in sorted order, so that two
# senders of the same ids wait for each other instead of deadlocking.
SEND: Final = """
with numbered as materialized (
    select place, nextval('queue_numbers') as number from generate_series(1, %(count)s::integer) as place
), remembered as (
    insert into queue_message_ids (entity_id, message_id, expires_at)
    select %(sent_to)s, id, %(forget_at)s from unnest(%(ids)s::text[]) as id
    on conflict (entity_id, message_id) do update set expires_at = excluded.expires_at
    where queue_message_ids.expires_at <= %(now)s
    returning message_id
), copied as (
    insert into queue_messages (
        entity_id, sequence_number, turn, due_at, enqueued_at, expires_at, message_id, session_id, properties, body
    )
    select copy.entity_id, numbered.number, case when copy.due_at is null then numbered.number end, copy.due_at,
        copy.enqueued_at, copy.expires_at, copy.message_id, copy.session_id, copy.properties::json, copy.body
    from unnest(
        %(places)s::integer[], %(entity_ids)s::integer[], %(are_checked)s::boolean[], %(due_at)s::timestamptz[],
        %(enqueued_at)s::timestamptz[], %(expires_at)s::timestamptz[], %(message_ids)s::text[],
        %(session_ids)s::text[], %(properties)s::text[], %(bodies)b::bytea[]
    ) as copy (
        place, entity_id, is_checked, due_at, enqueued_at, expires_at, message_id, session_id, properties, body
    )
    join numbered using (place)
    where not copy.is_checked or copy.message_id in (select message_id from remembered)
    returning entity_id
)
select (select array_agg(number order by place) from numbered), (select array_agg(message_id) from remembered),
    (select count(pg_notify(%(channel)s, entity_id::text)) from (select distinct entity_id from copied) as touched)
"""

FORGET_IDS: Final = """
delete from queue_message_ids where ctid = any(array(
    select ctid from queue_message_ids where expires_at <= %(now)s
    order by expires_at limit 1000 for update skip locked
))
"""

NOTIFY: Final = "select pg_notify(%(channel)s, %(entity)s::text)"

# What has to happen before an entity is looked at, and whether its line holds messages of sessions. For the rest of
# the transaction the planner has to walk along an index of the line instead of sorting it: after a burst its statistics
# say for a minute that there is nothing to sort.
PROBE: Final = """
select exists (select from queue_messages where entity_id = %(entity)s and due_at <= %(now)s),
    exists (
        select from queue_messages where entity_id = %(entity)s and expires_at <= %(now)s and lock_token is null
    ),
    exists (
        select from queue_messages where entity_id = %(entity)s and session_id is not null and turn is not null
    ),
    set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""

_HELD = """
    entity_id = %(entity)s and sequence_number = %(number)s and lock_token = %(token)s and due_at > %(now)s
"""
_SPENT = "lock_token is not null and delivery_count >= %(limit)s"

# A dead letter gets a number of its own, because numbers rise within its queue too.
_BURY = """
with buried as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (CHOSEN) as chosen
)
update queue_messages as message
set entity_id = %(dead_letters)s, sequence_number = buried.number, turn = buried.number, due_at = null,
    expires_at = null, lock_token = null, holder = null, dead_letter_reason = %(reason)s,
    dead_letter_description = DESCRIPTION
from buried
where message.entity_id = %(entity)s and message.sequence_number = buried.sequence_number
"""

BURY_SPENT: Final = _fill(
    _BURY,
    CHOSEN="""
        select sequence_number from queue_messages
        where entity_id = %(entity)s and due_at <= %(now)s and SPENT
        order by due_at, sequence_number limit SOME for update skip locked
    """,
    DESCRIPTION="format('It was delivered %%s times, the limit is %%s.', delivery_count, %(limit)s::integer)",
    SPENT=_SPENT,
    SOME=_SWEEP_LIMIT,
)

_EXPIRED = _fill(
    """
    select sequence_number from queue_messages
    where entity_id = %(entity)s and expires_at <= %(now)s and lock_token is null
    order by expires_at, sequence_number limit SOME for update skip locked
    """,
    SOME=_SWEEP_LIMIT,
)

BURY_EXPIRED: Final = _fill(_BURY, CHOSEN=_EXPIRED, DESCRIPTION="'It was not completed within its time to live.'")

DROP_EXPIRED: Final = _fill(
    "delete from queue_messages where entity_id = %(entity)s and sequence_number = any(array(CHOSEN))",
    CHOSEN=_EXPIRED,
)

BURY: Final = _fill(
    _BURY,
    CHOSEN="select sequence_number from queue_messages where HELD for update",
    DESCRIPTION="%(description)s",
    HELD=_HELD,
)

# Ended locks and scheduled messages that are due go back into the line.
RELEASE_DUE: Final = _fill(
    """
    update queue_messages set turn = sequence_number, due_at = null, lock_token = null, holder = null
    where entity_id = %(entity)s and sequence_number = any(array(
        select sequence_number from queue_messages
        where entity_id = %(entity)s and due_at <= %(now)s and not (SPENT)
        order by due_at limit SOME for update skip locked
    ))
    """,
    SPENT=_SPENT,
    SOME=_SWEEP_LIMIT,
)

_COLUMNS = """
    sequence_number, delivery_count, enqueued_at, message_id, session_id, properties::text, body,
    dead_letter_reason, dead_letter_description
"""

_LOCK = """
update queue_messages
set turn = null, due_at = %(until)s, lock_token = %(token)s, holder = %(holder)s, delivery_count = delivery_count + 1
where entity_id = %(entity)s and sequence_number = any(CHOSEN)
returning COLUMNS
"""

_IN_LINE = """array(
    select sequence_number from queue_messages as waiting
    where entity_id = %(entity)s and turn is not null and (expires_at is null or expires_at > %(now)s)
        and SESSIONS
    order by turn limit %(count)s for update of waiting skip locked
)"""

RECEIVE: Final = _fill(_LOCK, CHOSEN=_IN_LINE, SESSIONS="session_id is null", COLUMNS=_COLUMNS)

# Where there are sessions, one receiver at a time looks: two that looked together could skip each other's first
# message and take the second.
ONE_RECEIVER: Final = _fill("select pg_advisory_xact_lock(CLASS, %(entity)s::integer)", CLASS=_SESSIONS_CLASS)

_NOT_HELD_UP = """
    not exists (
        select from queue_messages as earlier
        where earlier.entity_id = %(entity)s and earlier.session_id = waiting.session_id
            and earlier.lock_token is not null and earlier.sequence_number < waiting.sequence_number
    )
"""

RECEIVE_ANY: Final = _fill(
    _LOCK,
    CHOSEN=_IN_LINE,
    SESSIONS="(session_id is null or FREE)",
    FREE=_NOT_HELD_UP,
    COLUMNS=_COLUMNS,
)

RECEIVE_SESSION: Final = _fill(
    _LOCK,
    CHOSEN=_IN_LINE,
    SESSIONS="session_id = %(session)s and FREE",
    FREE=_NOT_HELD_UP,
    COLUMNS=_COLUMNS,
)

RECEIVE_DEFERRED: Final = _fill(
    _LOCK,
    CHOSEN="""array(
        select sequence_number from queue_messages
        where entity_id = %(entity)s and sequence_number = any(%(numbers)s::bigint[])
            and turn is null and due_at is null
        for update skip locked
    )""",
    COLUMNS=_COLUMNS,
)

RENEW: Final = _fill("update queue_messages set due_at = %(until)s, holder = %(holder)s where HELD", HELD=_HELD)

COMPLETE: Final = """
delete from queue_messages
where entity_id = %(entity)s and sequence_number = any(%(numbers)s::bigint[]) and due_at > %(now)s
    and (sequence_number, lock_token) in (select * from unnest(%(numbers)s::bigint[], %(tokens)s::bigint[]))
"""

# The lock ends at once, and the next sweep, which comes before anybody looks, does what follows from that.
ABANDON: Final = _fill("update queue_messages set due_at = %(now)s, holder = null where HELD", HELD=_HELD)

DEFER: Final = _fill("update queue_messages set due_at = null, lock_token = null, holder = null where HELD", HELD=_HELD)

CANCEL_SCHEDULED: Final = """
delete from queue_messages
where entity_id = any(%(entities)s) and sequence_number = any(%(numbers)s) and due_at > %(now)s and lock_token is null
"""

PEEK: Final = _fill(
    """
    select COLUMNS from queue_messages where entity_id = %(entity)s and sequence_number >= %(from_number)s
    order by sequence_number limit %(count)s
    """,
    COLUMNS=_COLUMNS,
)

RESEND: Final = """
with sent as (
    select chosen.sequence_number, nextval('queue_numbers') as number
    from (
        select sequence_number from queue_messages where entity_id = %(dead_letters)s and turn is not null
        order by turn limit %(count)s for update skip locked
    ) as chosen
)
update queue_messages as message
set entity_id = %(entity)s, sequence_number = sent.number, turn = sent.number, delivery_count = 0,
    enqueued_at = %(now)s, expires_at = %(expires_at)s, dead_letter_reason = null, dead_letter_description = null
from sent
where message.entity_id = %(dead_letters)s and message.sequence_number = sent.sequence_number
"""

DEPTH: Final = """
select count(*) filter (where turn is not null),
    count(*) filter (where lock_token is not null),
    count(*) filter (where due_at is not null and lock_token is null),
    count(*) filter (where turn is null and due_at is null)
from queue_messages where entity_id = %(entity)s
"""

# When a receiver that found nothing has to look again, and whether anybody else holds messages meanwhile.
OUTLOOK: Final = """
select (
        select due_at from queue_messages where entity_id = %(entity)s and due_at is not null order by due_at limit 1
    ), (
        select expires_at from queue_messages
        where entity_id = %(entity)s and expires_at is not null and lock_token is null order by expires_at limit 1
    ), exists (
        select from queue_messages where entity_id = %(entity)s and due_at is not null and holder <> %(own)s
    )
"""

_IS_GONE = _fill(
    """
    not exists (
        select from pg_locks
        where locktype = 'advisory' and classid = CLASS and objid = held.holder::oid and objsubid = 2
            and database = (select oid from pg_database where datname = current_database())
    )
    """,
    CLASS=_ADVISORY_CLASS,
)

GONE_HOLDERS: Final = _fill(
    """
    select holder
    from (
        select distinct holder from queue_messages
        where entity_id = %(entity)s and due_at is not null and holder <> %(own)s
    ) as held
    where GONE
    """,
    GONE=_IS_GONE,
)

# A lock taken or renewed a moment ago is left alone: its holder was there then.
END_LOCKS: Final = _fill(
    """
    update queue_messages set due_at = %(now)s, holder = null
    where entity_id = %(entity)s and sequence_number = any(array(
        select sequence_number from queue_messages as held
        where entity_id = %(entity)s and due_at > %(now)s and due_at <= %(locked_before)s and holder = any(%(holders)s)
            and GONE
        limit SOME for update of held skip locked
    ))
    """,
    GONE=_IS_GONE,
    SOME=_SWEEP_LIMIT,
)

LISTEN: Final = "listen textnlp_queue"
SHOW_LIFE: Final = _fill("select pg_advisory_lock(CLASS, %(holder)s::integer)", CLASS=_ADVISORY_CLASS)
CHECK: Final = "select from queue_messages limit 0"
