"""What an inspection finds in a database in which something was spoilt on purpose, and in one in which nothing was."""

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, LiteralString, TypeVar

import pytest

from tests.contract.batch_ledger_cases import accepted, failed, running_batch
from tests.contract.usage_ledger_cases import NOON, budget, reserved, settled
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.inspector import PostgresInspector
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.inspection.model import Balance, CallSums, LeftoverKind

pytestmark = pytest.mark.postgres

_Fact = TypeVar("_Fact")
_GRACE = timedelta(minutes=15)
_QUEUE = "batch-processing-queue"


def inspector(database: PostgresDatabase) -> PostgresInspector:
    return PostgresInspector(database, slice_queue=_QUEUE, grace=_GRACE)


async def collected(pages: AsyncGenerator[Sequence[_Fact]]) -> list[_Fact]:
    return [fact async for page in pages for fact in page]


async def spoil(database: PostgresDatabase, statement: LiteralString, *given: Any) -> None:
    async with database.connection() as connection:
        await connection.execute(statement, given)


async def test_the_structure_is_told_with_what_this_version_works_with(
    database: PostgresDatabase, empty_database_url: str
) -> None:
    schema = await inspector(database).schema()
    empty = PostgresDatabase(empty_database_url, clock=SystemClock())
    unused = await inspector(empty).schema()
    await empty.aclose()
    assert schema.revision == schema.known
    assert schema.broken_indexes == ()
    assert (unused.revision, unused.known) == (None, schema.known)


async def test_a_batch_is_told_with_what_its_rows_and_the_ledger_say(database: PostgresDatabase) -> None:
    ledger, usage = PostgresBatchLedger(database), PostgresUsageLedger(database)
    batch = await running_batch(ledger, rows=6)
    await ledger.record(batch.id, [accepted(0), accepted(1), failed(2)])
    await usage.settle([settled(reserved(batch=batch.id)), settled(reserved())])
    (facts,) = await collected(inspector(database).batches())
    counts = LedgerCounts(input=6, accepted=2, failed=1)
    assert (facts.id, facts.state, facts.is_charged) == (batch.id, BatchState.RUNNING, True)
    assert (facts.kept, facts.counted, facts.stray_rows) == (counts, counts, 0)
    assert facts.row_usage == CallSums(calls=3, prompt_tokens=15, completion_tokens=22)
    assert facts.kept_usage == CallSums(prompt_tokens=15, completion_tokens=22)
    assert facts.charged == CallSums(calls=1, prompt_tokens=20, completion_tokens=10)


async def test_rows_that_were_lost_or_lie_outside_are_counted(database: PostgresDatabase) -> None:
    ledger = PostgresBatchLedger(database)
    batch = await running_batch(ledger, rows=6)
    await ledger.record(batch.id, [accepted(0), accepted(1)])
    await spoil(database, "update batch_rows set row_index = 9 where row_index = 0")
    await spoil(database, "delete from batch_rows where row_index = 1")
    (facts,) = await collected(inspector(database).batches())
    assert (facts.counted.accepted, facts.stray_rows) == (1, 1)


async def test_every_batch_is_told_once_however_many_pages_there_are(database: PostgresDatabase) -> None:
    ledger = PostgresBatchLedger(database)
    ids = [(await running_batch(ledger, rows=2)).id for _ in range(45)]
    assert [facts.id for facts in await collected(inspector(database).batches())] == ids


async def test_balances_of_validations_and_ended_jobs_are_told(database: PostgresDatabase) -> None:
    await spoil(
        database,
        """
        insert into validations (id, tenant, caller, kind, name, source, asked_at, state, row_count, summary)
        values ('v1', 'a', 'b', 'file', 'f', 's', %s, 'completed', 3, '{"accepted": 2, "rejected": 1, "failed": 0}')
        """,
        NOON,
    )
    expected = Balance(place="validation v1", total=3, parts=(("accepted", 2), ("rejected", 1), ("failed", 0)))
    assert await collected(inspector(database).balances()) == [expected]


async def test_sums_of_hours_that_differ_from_their_calls_are_told(database: PostgresDatabase) -> None:
    usage = PostgresUsageLedger(database)
    calls = [reserved(at=NOON + timedelta(hours=hour), caller=caller) for hour in (0, 30) for caller in ("ann", "bob")]
    await usage.settle([settled(call) for call in calls])
    await usage.settle([settled(reserved(tenant="other"))])
    await usage.roll_up(NOON + timedelta(days=9))
    days = [day async for day in inspector(database).rolled_up()]
    assert sum(count for count, _ in days) == 5
    assert [found for _, found in days] == [[], [], []]
    await spoil(database, "update usage_hours set calls = 2 where tenant = 'other'")
    await spoil(database, "delete from usage_hours where caller = 'bob' and hour > %s", NOON + timedelta(hours=1))
    found = [each async for _, differing in inspector(database).rolled_up() for each in differing]
    assert [(each.counted.partition(",")[0], each.kept.partition(",")[0]) for each in found] == [
        ("1 calls", "0 calls"),
        ("1 calls", "2 calls"),
    ]
    assert "bob" in found[0].place


async def test_budgets_are_compared_with_the_calls_of_their_present_period(database: PostgresDatabase) -> None:
    usage = PostgresUsageLedger(database)
    await usage.set_budget(budget("100"), now=NOON)
    calls = [reserved(), reserved()]
    assert await usage.reserve(calls) == []
    await usage.settle([settled(calls[0])])
    assert await inspector(database).budgets(NOON) == (1, [])
    await spoil(database, "update budget_counters set spent = spent + %s", Decimal(3))
    count, (found,) = await inspector(database).budgets(NOON)
    assert (count, found.place) == (1, "budget budget_1")
    assert found.counted.startswith("0.5 usd spent and 1 reserved")


async def test_what_is_over_is_told_once_timers_had_their_time(database: PostgresDatabase) -> None:
    usage = PostgresUsageLedger(database)
    call = reserved()
    await usage.reserve([call])
    assert await inspector(database).leftovers(call.expires_at) == []
    (found,) = await inspector(database).leftovers(call.expires_at + _GRACE)
    assert (found.kind, found.count, found.since) == (LeftoverKind.RESERVATIONS, 1, call.expires_at)


async def test_rows_without_a_batch_are_told(database: PostgresDatabase) -> None:
    ledger = PostgresBatchLedger(database)
    gone, stays = await running_batch(ledger, rows=4), await running_batch(ledger, rows=4)
    await ledger.record(gone.id, [accepted(0), accepted(1)])
    await ledger.record(stays.id, [accepted(0)])
    await spoil(database, "delete from batches where id = %s", gone.id)
    (found,) = await inspector(database).leftovers(NOON)
    assert (found.kind, found.count) == (LeftoverKind.ORPHANED_ROWS, 2)


async def test_a_running_batch_that_no_message_asks_for_is_told(database: PostgresDatabase) -> None:
    batch = await running_batch(PostgresBatchLedger(database), rows=4)
    (found,) = await inspector(database).stranded()
    assert (found.kind, found.place, found.count) == (LeftoverKind.STRANDED_BATCH, batch.id, 4)
    await spoil(database, "insert into queue_entities (namespace, name) values ('', %s)", _QUEUE)
    await spoil(
        database,
        """
        insert into queue_messages (entity_id, sequence_number, turn, enqueued_at, message_id, properties, body)
        select id, 1, 1, %s, 'm', json_build_object('batch_id', %s::text), '' from queue_entities
        """,
        NOON,
        batch.id,
    )
    assert await inspector(database).stranded() == []
    elsewhere = PostgresInspector(database, slice_queue=None, grace=_GRACE)
    assert await elsewhere.stranded() == []


async def test_dead_letters_and_locks_past_their_end_are_told_by_queue(database: PostgresDatabase) -> None:
    await spoil(database, "insert into queue_entities (namespace, name) values ('', 'a'), ('', 'b'), ('mine', 'a')")
    await spoil(
        database,
        """
        insert into queue_messages (
            entity_id, sequence_number, due_at, lock_token, enqueued_at, message_id, properties, body,
            dead_letter_reason
        )
        select id, 1, %s, case when name = 'a' then 7 end, %s, 'm', '{}', '', case when name = 'b' then 'spent' end
        from queue_entities
        """,
        NOON,
        NOON,
    )
    found = await inspector(database).leftovers(NOON + _GRACE)
    assert sorted((each.kind, each.place, each.count) for each in found) == [
        (LeftoverKind.DEAD_LETTERS, "b", 1),
        (LeftoverKind.MESSAGE_LOCKS, "a", 1),
    ]


async def test_blobs_of_batches_files_and_generations_are_told(database: PostgresDatabase) -> None:
    batch = await running_batch(PostgresBatchLedger(database), rows=4)
    await spoil(database, "update batches set state = 'completed', finished_at = %s", NOON)
    await spoil(
        database,
        """
        insert into files (id, tenant, caller, purpose, name, blob_path, size_bytes, created_at, expires_at)
        values ('f1', 'a', 'b', 'batch', 'x', 'p/x', 7, %s, null), ('f2', 'a', 'b', 'batch', 'y', 'p/y', 7, %s, %s)
        """,
        *(NOON, NOON, NOON),
    )
    found = await collected(inspector(database).blob_references(NOON))
    assert [(each.path, each.size_bytes, each.lists_files) for each in found] == [
        (f"requests/{batch.id}", None, False),
        ("generations/batch/x/manifest.json", None, True),
        ("p/x", 7, False),
    ]


async def test_versions_of_datasets_are_told(database: PostgresDatabase) -> None:
    await spoil(
        database,
        """
        insert into dataset_runs (
            id, tenant, caller, name, model, endpoint, recipe_path, state, target_rows, created_at, progress, versions
        )
        values ('run_1', 'a', 'b', 'n', 'm', 'e', 'r', 'completed', 5, %s, '{}',
            '[{"number": 1, "rows": 5, "written_at": "2026-03-01T12:00:00Z"}]')
        """,
        NOON,
    )
    (version,) = await collected(inspector(database).versions())
    assert (version.run_id, version.number, version.rows) == ("run_1", 1, 5)
