import asyncio
import dataclasses
from datetime import timedelta

import pytest

from tests.contract.batch_ledger_cases import (
    LATER,
    NOON,
    USAGE,
    accepted,
    cut,
    failed,
    make_batch,
    rejected,
    running_batch,
    streamed,
)
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.domain.batches.model import BatchState, FailureCause, LedgerCounts, RowOutcome, RowState
from textnlp.domain.batches.rules import require_balance
from textnlp.domain.datasets.candidate import CandidateRecord, encode_candidate
from textnlp.domain.datasets.model import DatasetRow, Reason, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE
from textnlp.domain.identifiers import BatchId
from textnlp.ports.batch_ledger import BatchLedger

_UNKNOWN = BatchId("batch_unknown")
_IMPOSSIBLE = BatchId("a\0b")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest) -> BatchLedger:
    if request.param == "memory":
        return MemoryBatchLedger()
    return PostgresBatchLedger(request.getfixturevalue("database"))


async def _refusal(call: object) -> ErrorKind:
    assert asyncio.iscoroutine(call)
    with pytest.raises(TextNLPError) as caught:
        await call
    return caught.value.kind


async def test_a_batch_is_returned_as_it_was_created(ledger: BatchLedger) -> None:
    batch = make_batch(source="prompts/batch/a.jsonl")
    await ledger.create(batch)
    found = await ledger.get(batch.id)
    assert found == batch
    assert list((found.spec.response_schema or {})["properties"]) == ["z", "a"], "the order decides what is asked"


async def test_a_second_batch_with_the_same_id_is_refused(ledger: BatchLedger) -> None:
    batch = make_batch()
    await ledger.create(batch)
    assert await _refusal(ledger.create(dataclasses.replace(batch, name="other"))) is ErrorKind.CONFLICT
    assert (await ledger.get(batch.id)).name == batch.name


async def test_one_source_makes_one_batch(ledger: BatchLedger) -> None:
    await ledger.create(make_batch(source="a"))
    assert await _refusal(ledger.create(make_batch(source="a"))) is ErrorKind.CONFLICT
    await ledger.create(make_batch(source="b"))
    await ledger.create(make_batch())
    await ledger.create(make_batch())


async def test_a_batch_is_found_by_its_source(ledger: BatchLedger) -> None:
    batch = make_batch(source="prompts/batch/a.jsonl")
    await ledger.create(batch)
    assert await ledger.find_by_source("prompts/batch/a.jsonl") == batch
    assert await ledger.find_by_source("prompts/batch/b.jsonl") is None


async def test_batches_are_listed_newest_first_and_page_by_page(ledger: BatchLedger) -> None:
    batches = [make_batch(created_at=NOON + timedelta(seconds=n)) for n in range(5)]
    for batch in batches:
        await ledger.create(batch)
    newest = list(reversed(batches))
    assert await ledger.newest() == newest
    assert await ledger.newest(limit=2) == newest[:2]
    assert await ledger.newest(before=newest[1].id, limit=2) == newest[2:4]
    await ledger.set_state(newest[2].id, BatchState.CANCELLED, at=LATER)
    wanted = [BatchState.CANCELLED, BatchState.FAILED]
    assert [batch.id for batch in await ledger.newest(states=wanted)] == [newest[2].id]
    assert await ledger.newest(states=[BatchState.INGESTING], before=newest[1].id) == newest[3:]
    assert await ledger.newest(states=[]) == []


async def test_every_question_about_an_unknown_batch_says_that_there_is_none(ledger: BatchLedger) -> None:
    calls = (
        ledger.get(_UNKNOWN),
        ledger.record(_UNKNOWN, [accepted(0)]),
        ledger.record(_UNKNOWN, []),
        ledger.set_state(_UNKNOWN, BatchState.FAILED, at=LATER),
        ledger.start(dataclasses.replace(make_batch(), id=_UNKNOWN), cut(4), []),
        ledger.recorded_rows(_UNKNOWN, first_row=0, row_count=1),
        ledger.unfinished_slices(_UNKNOWN),
        ledger.page(_UNKNOWN, states=[RowState.FAILED]),
        ledger.recount(_UNKNOWN),
        ledger.causes(_UNKNOWN),
        ledger.reopen(_UNKNOWN, at=LATER),
        streamed(ledger, _UNKNOWN),
        ledger.get(_IMPOSSIBLE),
        ledger.recount(_IMPOSSIBLE),
        ledger.reopen(_IMPOSSIBLE, at=LATER),
        ledger.set_state(_IMPOSSIBLE, BatchState.FAILED, at=LATER),
    )
    assert [await _refusal(call) for call in calls] == [ErrorKind.NOT_FOUND] * len(calls)


async def test_starting_takes_what_reading_the_input_found(ledger: BatchLedger) -> None:
    batch = make_batch(source="a")
    await ledger.create(batch)
    started = dataclasses.replace(
        batch,
        state=BatchState.RUNNING,
        name="other.jsonl",
        source_sha256="cd" * 32,
        requests_path="requests/1",
        counts=LedgerCounts(input=6),
        slice_count=2,
    )
    await ledger.start(started, cut(6), [failed(2, code=ErrorKind.INVALID_INPUT, attempts=0)])
    found = await ledger.get(batch.id)
    assert found == dataclasses.replace(started, counts=LedgerCounts(input=6, failed=1), usage=failed(2).usage)
    assert await ledger.unfinished_slices(batch.id) == cut(6)
    require_balance(found.counts, await ledger.recount(batch.id))


async def test_starting_twice_is_starting_once(ledger: BatchLedger) -> None:
    batch = make_batch()
    await ledger.create(batch)
    started = dataclasses.replace(batch, counts=LedgerCounts(input=3), slice_count=1)
    for _ in range(2):
        await ledger.start(started, cut(3), [failed(1, attempts=0)])
    assert (await ledger.get(batch.id)).counts == LedgerCounts(input=3, failed=1)
    assert await ledger.unfinished_slices(batch.id) == cut(3)


async def test_a_batch_that_was_given_up_cannot_be_started(ledger: BatchLedger) -> None:
    batch = make_batch()
    await ledger.create(batch)
    await ledger.set_state(batch.id, BatchState.CANCELLED, at=LATER)
    assert await _refusal(ledger.start(batch, cut(3), [])) is ErrorKind.CONFLICT
    assert await ledger.unfinished_slices(batch.id) == []


async def test_rows_recorded_while_the_input_is_read_count_as_input_until_it_is_known(ledger: BatchLedger) -> None:
    batch = make_batch()
    await ledger.create(batch)
    for _ in range(2):
        counts = await ledger.record(batch.id, [failed(1, attempts=0), failed(4, attempts=0)])
        assert counts == LedgerCounts(input=2, failed=2)
        require_balance(counts, await ledger.recount(batch.id))
    await ledger.start(dataclasses.replace(batch, counts=LedgerCounts(input=9)), cut(9), [])
    assert (await ledger.get(batch.id)).counts == LedgerCounts(input=9, failed=2)


async def test_more_outcomes_than_rows_are_refused_whole(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=2)
    assert await _refusal(ledger.record(batch.id, [accepted(0), accepted(1), accepted(2)])) is ErrorKind.INTERNAL
    assert (await ledger.get(batch.id)).counts == LedgerCounts(input=2)
    assert await streamed(ledger, batch.id) == []


async def test_recorded_outcomes_are_counted_summed_and_returned_unchanged(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=10)
    outcomes = [accepted(0), rejected(3), failed(7), accepted(9)]
    counts = await ledger.record(batch.id, outcomes)
    assert counts == LedgerCounts(input=10, accepted=2, rejected=1, failed=1)
    found = await ledger.get(batch.id)
    assert found.counts == counts
    assert found.usage == USAGE.plus(USAGE).plus(rejected(3).usage).plus(failed(7).usage)
    assert await streamed(ledger, batch.id) == outcomes


async def test_recording_nothing_tells_the_counts(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=3)
    await ledger.record(batch.id, [accepted(1)])
    assert await ledger.record(batch.id, []) == LedgerCounts(input=3, accepted=1)


async def test_rows_stand_still_once_the_files_of_a_batch_are_being_written(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=3)
    await ledger.record(batch.id, [accepted(0)])
    await ledger.set_state(batch.id, BatchState.FINALIZING, at=LATER)
    assert await ledger.record(batch.id, [accepted(1)]) == LedgerCounts(input=3, accepted=1)
    assert await streamed(ledger, batch.id) == [accepted(0)]


async def test_a_row_keeps_its_first_outcome(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=3)
    await ledger.record(batch.id, [accepted(1, text="first")])
    counts = await ledger.record(batch.id, [failed(1), accepted(0, text="first"), accepted(0, text="second")])
    assert counts == LedgerCounts(input=3, accepted=2)
    assert await streamed(ledger, batch.id) == [accepted(0, text="first"), accepted(1, text="first")]
    assert (await ledger.get(batch.id)).usage == USAGE.plus(USAGE)


async def test_any_bytes_and_any_id_come_back_as_they_went_in(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=4)
    outcomes = [
        dataclasses.replace(accepted(0), row_id="", record=b""),
        dataclasses.replace(accepted(1), row_id="a\0b\ud800", record=bytes(range(256))),
        dataclasses.replace(accepted(2), row_id="日本 😀 'quoted' \\", record=b"x" * 3_000_000),
        dataclasses.replace(accepted(3), usage=NO_USAGE, payload_hash=b""),
    ]
    await ledger.record(batch.id, outcomes)
    assert await streamed(ledger, batch.id) == outcomes


async def test_a_name_or_reason_that_cannot_be_stored_does_not_stop_the_batch(ledger: BatchLedger) -> None:
    batch = dataclasses.replace(make_batch(), name="a\0b")
    await ledger.create(batch)
    assert (await ledger.get(batch.id)).name.startswith("a")
    found = await ledger.set_state(batch.id, BatchState.FAILED, at=LATER, reason="bad \ud800 byte")
    assert (found.reason or "").startswith("bad ")


async def test_thousands_of_outcomes_are_recorded_all_or_none(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=5000)
    outcomes = [accepted(row) for row in range(5000)]
    assert await _refusal(ledger.record(batch.id, [*outcomes, accepted(5000)])) is ErrorKind.INTERNAL
    assert (await ledger.get(batch.id)).counts == LedgerCounts(input=5000)
    assert await ledger.record(batch.id, outcomes) == LedgerCounts(input=5000, accepted=5000)
    assert await streamed(ledger, batch.id) == outcomes


async def test_batches_do_not_see_each_others_rows(ledger: BatchLedger) -> None:
    one, other = await running_batch(ledger, rows=3), await running_batch(ledger, rows=3)
    await ledger.record(one.id, [accepted(0)])
    await ledger.record(other.id, [failed(0), failed(1)])
    assert await streamed(ledger, one.id) == [accepted(0)]
    assert await ledger.recorded_rows(one.id, first_row=0, row_count=3) == {0}
    assert await ledger.recount(other.id) == LedgerCounts(input=3, failed=2)


async def test_recorded_rows_are_told_within_the_range_asked_for(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=12)
    await ledger.record(batch.id, [accepted(row) for row in (3, 4, 7, 8)])
    assert await ledger.recorded_rows(batch.id, first_row=4, row_count=4) == {4, 7}
    assert await ledger.recorded_rows(batch.id, first_row=9, row_count=3) == set()


@pytest.mark.parametrize("first_row", [32_600, 2_000_000_000])
async def test_rows_far_into_a_batch_are_asked_for_like_others(ledger: BatchLedger, first_row: int) -> None:
    batch = await running_batch(ledger, rows=3)
    assert await ledger.recorded_rows(batch.id, first_row=first_row, row_count=200) == set()


async def test_slices_are_unfinished_until_each_of_their_rows_has_an_outcome(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=10)
    first, second, last = cut(10)
    await ledger.record(batch.id, [accepted(row) for row in (4, 5, 6, 7, 8)])
    assert await ledger.unfinished_slices(batch.id) == [first, last]
    await ledger.record(batch.id, [failed(9)])
    assert await ledger.unfinished_slices(batch.id) == [first]
    assert second.row_count == 4


async def test_outcomes_are_paged_in_input_order_by_state(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=9)
    outcomes = [accepted(0), failed(1), rejected(2), accepted(3), failed(4), failed(8)]
    await ledger.record(batch.id, list(reversed(outcomes)))
    unaccepted = {RowState.FAILED, RowState.REJECTED}
    assert await ledger.page(batch.id, states=unaccepted) == [failed(1), rejected(2), failed(4), failed(8)]
    assert await ledger.page(batch.id, states=unaccepted, after_row=1, limit=2) == [rejected(2), failed(4)]
    assert await ledger.page(batch.id, states=[RowState.ACCEPTED], after_row=0) == [accepted(3)]
    assert await ledger.page(batch.id, states=set(RowState)) == outcomes
    assert await ledger.page(batch.id, states=[RowState.PENDING]) == []
    assert await ledger.page(batch.id, states=[]) == []


async def test_a_stream_shows_one_moment(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=4000)
    await ledger.record(batch.id, [accepted(row) for row in range(0, 4000, 2)])
    seen: list[RowOutcome] = []
    async for piece in ledger.stream(batch.id):
        if not seen:
            await ledger.record(batch.id, [accepted(row) for row in range(1, 4000, 2)])
        seen += piece
    assert [outcome.row_index for outcome in seen] == list(range(0, 4000, 2))


async def test_a_stream_may_be_left_early(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=3000)
    await ledger.record(batch.id, [accepted(row) for row in range(3000)])
    for _ in range(12):
        pieces = ledger.stream(batch.id)
        assert (await anext(pieces))[0] == accepted(0)
        await pieces.aclose()
    assert len(await streamed(ledger, batch.id)) == 3000


async def test_causes_are_ranked_with_an_example_of_each(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=20)
    broken = dataclasses.replace(failed(9, code=ErrorKind.INTERNAL), record=b"not JSON", code=None)
    await ledger.record(
        batch.id,
        [
            *[failed(row) for row in (5, 3, 4)],
            *[rejected(row) for row in (1, 2)],
            *[failed(row, code=ErrorKind.BAD_RESPONSE) for row in (6, 7)],
            accepted(0),
            broken,
        ],
    )
    timeout = FailureCause(code=ErrorKind.TIMEOUT, count=3, example="row 3 met timeout")
    bad_response = FailureCause(code=ErrorKind.BAD_RESPONSE, count=2, example="row 6 met bad_response")
    mismatch = FailureCause(code=ErrorKind.SCHEMA_MISMATCH, count=2, example="row 1 met schema_mismatch")
    unknown = FailureCause(code=ErrorKind.INTERNAL, count=1, example="not JSON")
    assert await ledger.causes(batch.id) == [timeout, bad_response, mismatch, unknown]
    assert await ledger.causes(batch.id, limit=1) == [timeout]


async def test_the_example_of_a_candidate_that_was_turned_away_is_what_was_said_of_its_row(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    reason = Reason(code="length:review", message="review has 155 words, more than 140.", column="review")
    row = DatasetRow(
        candidate=0, item=0, fate=RowFate.REJECTED, values={"review": "long"}, reasons=(reason,), seed=None
    )
    record = encode_candidate(CandidateRecord(rows=(row,)))
    await ledger.record(batch.id, [dataclasses.replace(rejected(0), record=record)])
    assert [cause.example for cause in await ledger.causes(batch.id)] == [reason.message]


async def test_ending_a_batch_tells_when_and_why(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    found = await ledger.set_state(batch.id, BatchState.FAILED, at=LATER, reason="the endpoint is gone")
    assert (found.state, found.finished_at, found.reason) == (BatchState.FAILED, LATER, "the endpoint is gone")
    assert await ledger.get(batch.id) == found


async def test_a_state_that_is_reached_already_stays_as_it_is(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    first = await ledger.set_state(batch.id, BatchState.CANCELLING, at=LATER, reason="asked for")
    assert await ledger.set_state(batch.id, BatchState.CANCELLING, at=LATER, reason="again") == first


async def test_a_step_that_the_rules_do_not_have_is_refused(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    assert await _refusal(ledger.set_state(batch.id, BatchState.COMPLETED, at=LATER)) is ErrorKind.CONFLICT
    assert (await ledger.get(batch.id)).state is BatchState.RUNNING


async def test_a_batch_that_runs_again_has_no_end_and_no_reason(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    await ledger.set_state(batch.id, BatchState.FAILED, at=LATER, reason="away")
    found = await ledger.set_state(batch.id, BatchState.RUNNING, at=LATER)
    assert (found.finished_at, found.reason) == (None, None)


async def test_reopening_forgets_the_rows_that_failed_and_could_be_asked(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=6)
    kept = [accepted(0), rejected(1), failed(2, code=ErrorKind.INVALID_INPUT, attempts=0)]
    await ledger.record(batch.id, [*kept, failed(3), failed(4)])
    await ledger.set_state(batch.id, BatchState.FINALIZING, at=LATER)
    await ledger.set_state(batch.id, BatchState.COMPLETED, at=LATER, reason="some failed")
    assert await ledger.reopen(batch.id, at=LATER) == 2
    found = await ledger.get(batch.id)
    assert found.counts == LedgerCounts(input=6, accepted=1, rejected=1, failed=1)
    assert (found.state, found.finished_at, found.reason) == (BatchState.RUNNING, None, None)
    assert found.usage == kept[0].usage.plus(kept[1].usage).plus(kept[2].usage)
    assert await streamed(ledger, batch.id) == kept
    assert await ledger.reopen(batch.id, at=LATER) == 0
    require_balance(found.counts, await ledger.recount(batch.id))


async def test_reopening_waits_for_what_is_under_way(ledger: BatchLedger) -> None:
    reading = make_batch()
    await ledger.create(reading)
    cancelled = await running_batch(ledger, rows=1)
    await ledger.record(cancelled.id, [failed(0)])
    await ledger.set_state(cancelled.id, BatchState.CANCELLING, at=LATER)
    assert await _refusal(ledger.reopen(reading.id, at=LATER)) is ErrorKind.CONFLICT
    assert await _refusal(ledger.reopen(cancelled.id, at=LATER)) is ErrorKind.CONFLICT
    assert (await ledger.get(cancelled.id)).counts.failed == 1


async def test_a_batch_whose_input_was_not_read_to_its_end_is_not_reopened(ledger: BatchLedger) -> None:
    batch = make_batch()
    await ledger.create(batch)
    await ledger.record(batch.id, [failed(0)])
    await ledger.set_state(batch.id, BatchState.FAILED, at=LATER, reason="away")
    assert await _refusal(ledger.reopen(batch.id, at=LATER)) is ErrorKind.CONFLICT
    found = await ledger.get(batch.id)
    assert (found.state, found.counts.failed) == (BatchState.FAILED, 1)


async def test_workers_that_record_the_same_rows_at_once_store_each_once(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=300)

    async def work(worker: int) -> None:
        rows = list(range(300)) if worker % 2 else list(reversed(range(300)))
        for first in range(0, 300, 30):
            await ledger.record(batch.id, [accepted(row, text=f"worker {worker}") for row in rows[first : first + 30]])

    await asyncio.gather(*(work(worker) for worker in range(6)))
    found = await ledger.get(batch.id)
    assert found.counts == LedgerCounts(input=300, accepted=300)
    assert [outcome.row_index for outcome in await streamed(ledger, batch.id)] == list(range(300))
    assert found.usage.prompt_tokens == 300 * USAGE.prompt_tokens
    require_balance(found.counts, await ledger.recount(batch.id))


async def test_the_same_source_given_twice_at_once_makes_one_batch(ledger: BatchLedger) -> None:
    calls = (ledger.create(make_batch(source="one upload")) for _ in range(5))
    results = await asyncio.gather(*calls, return_exceptions=True)
    refusals = [result.kind for result in results if isinstance(result, TextNLPError)]
    assert refusals == [ErrorKind.CONFLICT] * 4
    assert len(await ledger.newest()) == 1


async def test_only_one_of_two_ends_is_reached(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=1)
    results = await asyncio.gather(
        ledger.set_state(batch.id, BatchState.FAILED, at=LATER),
        ledger.set_state(batch.id, BatchState.FINALIZING, at=LATER),
        return_exceptions=True,
    )
    assert sum(isinstance(result, TextNLPError) for result in results) == 1


async def test_a_tenant_sees_its_own_batches_only(ledger: BatchLedger) -> None:
    mine, theirs = make_batch(source="mine"), dataclasses.replace(make_batch(source="theirs"), tenant="other")
    ours = ledger.for_tenant(mine.tenant)
    await ours.create(mine)
    await ledger.create(theirs)
    assert await ours.newest() == [mine]
    assert await ours.find_by_source("theirs") is None
    assert await ledger.find_by_source("theirs") == theirs
    assert {batch.id for batch in await ledger.newest()} == {mine.id, theirs.id}


async def test_nothing_of_another_tenant_can_be_reached_by_its_id(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=2)
    await ledger.record(batch.id, [accepted(0)])
    stranger = ledger.for_tenant("other")
    calls = (
        stranger.get(batch.id),
        stranger.record(batch.id, [failed(1)]),
        stranger.set_state(batch.id, BatchState.FAILED, at=LATER),
        stranger.recorded_rows(batch.id, first_row=0, row_count=1),
        stranger.unfinished_slices(batch.id),
        stranger.page(batch.id, states=[RowState.ACCEPTED]),
        stranger.recount(batch.id),
        stranger.causes(batch.id),
        stranger.reopen(batch.id, at=LATER),
        streamed(stranger, batch.id),
    )
    assert [await _refusal(call) for call in calls] == [ErrorKind.NOT_FOUND] * len(calls)
    assert await ledger.recount(batch.id) == LedgerCounts(input=2, accepted=1)


async def test_a_tenant_works_with_its_own_batch_as_anybody_does(ledger: BatchLedger) -> None:
    batch = await running_batch(ledger, rows=3)
    ours = ledger.for_tenant(batch.tenant)
    await ours.record(batch.id, [accepted(0), failed(1), rejected(2)])
    await ours.set_state(batch.id, BatchState.FINALIZING, at=LATER)
    await ours.set_state(batch.id, BatchState.COMPLETED, at=LATER)
    assert await ours.reopen(batch.id, at=LATER) == 1
    assert await streamed(ours, batch.id) == [accepted(0), rejected(2)]


async def test_a_batch_cannot_be_put_among_those_of_another_tenant(ledger: BatchLedger) -> None:
    batch = make_batch()
    assert await _refusal(ledger.for_tenant("other").create(batch)) is ErrorKind.FORBIDDEN
    assert await _refusal(ledger.get(batch.id)) is ErrorKind.NOT_FOUND
