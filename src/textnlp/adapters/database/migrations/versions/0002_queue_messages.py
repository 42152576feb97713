"""Messages of queues and subscriptions, and the ids that duplicate detection remembers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Rows live for seconds and change at every delivery: vacuum follows close behind, at full speed, and pages keep room
# for the next version of a row.
_CHURN = """
    fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
"""

_ENTITIES = """
create table textnlp.queue_entities (
    id integer generated always as identity primary key,
    namespace text not null,
    name text not null,
    unique (namespace, name)
)
"""

# A message waits in line (`turn`), or is locked (`lock_token`, until `due_at`), or is scheduled (for `due_at`), or is
# deferred, which is none of these. `turn` repeats the number so that the index of the line is the only one that
# offers its order: the planner then cannot take another that leads over all locked messages.
_MESSAGES = f"""
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
) with ({_CHURN}, toast.autovacuum_vacuum_threshold = 1000, toast.autovacuum_vacuum_scale_factor = 0.01)
"""

_MESSAGE_IDS = f"""
create table textnlp.queue_message_ids (
    expires_at timestamptz not null,
    entity_id integer not null,
    message_id text not null,
    primary key (entity_id, message_id)
) with ({_CHURN})
"""

_INDEXES = (
    "create index queue_messages_line on textnlp.queue_messages (entity_id, turn) where turn is not null",
    "create index queue_messages_due on textnlp.queue_messages (entity_id, due_at) where due_at is not null",
    (
        "create index queue_messages_expiry on textnlp.queue_messages (entity_id, expires_at)"
        " where lock_token is null and expires_at is not null"
    ),
    (
        "create index queue_messages_session_line on textnlp.queue_messages (entity_id, session_id, turn)"
        " where session_id is not null and turn is not null"
    ),
    (
        "create index queue_messages_session_locks on textnlp.queue_messages (entity_id, session_id, sequence_number)"
        " where session_id is not null and lock_token is not null"
    ),
    "create index queue_message_ids_expiry on textnlp.queue_message_ids (expires_at)",
)


def upgrade() -> None:
    op.execute("create sequence textnlp.queue_numbers as bigint")
    for statement in (_ENTITIES, _MESSAGES, _MESSAGE_IDS, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("queue_message_ids", "queue_messages", "queue_entities"):
        op.execute(f"drop table textnlp.{table}")
    op.execute("drop sequence textnlp.queue_numbers")
