import asyncio
from collections.abc import Sequence

import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.record_outcomes import GIVE_UP_SECONDS, OutcomeRecorder
from textnlp.application.settled_waiters import Settled, nothing_to_settle
from textnlp.domain.batches.model import LedgerCounts, RowOutcome, RowState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

FIRST, SECOND = BatchId("batch_1"), BatchId("batch_2")


def outcome(index: int) -> RowOutcome:
    return RowOutcome(row_index=index, row_id=str(index), state=RowState.ACCEPTED, record=b"{}")


class GroupLedger:
    """Keeps the groups it was given; raises the errors it was given first."""

    def __init__(self, *errors: TextNLPError) -> None:
        self.errors = list(errors)
        self.groups: list[tuple[BatchId, list[int]]] = []
        self.recorded = 0

    async def record(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> LedgerCounts:
        if self.errors:
            raise self.errors.pop(0)
        self.groups.append((batch_id, [one.row_index for one in outcomes]))
        self.recorded += len(outcomes)
        return LedgerCounts(input=100, accepted=self.recorded)


class Recording:
    """A recorder that runs, and what it told."""

    def __init__(
        self,
        ledger: GroupLedger,
        clock: ManualClock,
        *,
        most_waiting: int = 10,
        settled: Settled = nothing_to_settle,
    ) -> None:
        self.told: list[tuple[BatchId, int, int]] = []
        self.recorder = OutcomeRecorder(
            ledger,  # pyright: ignore[reportArgumentType]  only `record` is called
            clock=clock,
            on_recorded=self._hear,
            linger_seconds=0.02,
            most_waiting=most_waiting,
            settled=settled,
        )
        self.task = asyncio.create_task(self.recorder.run())

    async def _hear(self, batch_id: BatchId, outcomes: Sequence[RowOutcome], counts: LedgerCounts) -> None:
        self.told.append((batch_id, len(outcomes), counts.pending))


async def test_outcomes_that_come_together_are_committed_together() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recording = Recording(ledger, clock)
    for index in range(3):
        recording.recorder.add(FIRST, outcome(index))
    await clock.advance(0.02)
    assert ledger.groups == [(FIRST, [0, 1, 2])]
    assert recording.told == [(FIRST, 3, 97)]
    recording.task.cancel()


async def test_each_batch_is_committed_by_itself() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recording = Recording(ledger, clock)
    for batch_id in (FIRST, SECOND, FIRST):
        recording.recorder.add(batch_id, outcome(len(ledger.groups)))
    await clock.advance(0.02)
    assert [batch_id for batch_id, _ in ledger.groups] == [FIRST, SECOND]
    recording.task.cancel()


async def test_there_is_no_room_while_too_much_is_not_committed() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recording = Recording(ledger, clock, most_waiting=2)
    recording.recorder.add(FIRST, outcome(0))
    assert recording.recorder.has_room
    recording.recorder.add(FIRST, outcome(1))
    assert not recording.recorder.has_room
    waiting = asyncio.create_task(recording.recorder.room())
    await clock.advance(0.02)
    assert waiting.done()
    assert recording.recorder.has_room
    recording.task.cancel()


async def test_what_comes_while_a_group_is_written_is_not_forgotten() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recording = Recording(ledger, clock)
    for index in range(5):
        recording.recorder.add(FIRST, outcome(index))
        await clock.advance(0.02)
    assert [rows for _, rows in ledger.groups] == [[0], [1], [2], [3], [4]]
    recording.task.cancel()


async def test_a_ledger_that_is_away_is_tried_again_with_the_same_group() -> None:
    clock = ManualClock()
    away = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
    ledger = GroupLedger(away, away, away)
    recording = Recording(ledger, clock)
    recording.recorder.add(FIRST, outcome(0))
    await clock.advance(1.0)
    assert ledger.groups == [(FIRST, [0])]
    recording.task.cancel()


async def test_a_ledger_that_stays_away_ends_the_recorder() -> None:
    clock = ManualClock()
    ledger = GroupLedger(*[TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)] * 100)
    recording = Recording(ledger, clock)
    recording.recorder.add(FIRST, outcome(0))
    await clock.advance(GIVE_UP_SECONDS + 2)
    with pytest.raises(TextNLPError, match="Away"):
        await recording.task


async def test_closing_commits_what_is_left_and_ends() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recording = Recording(ledger, clock)
    await clock.advance(0.0)
    recording.recorder.add(FIRST, outcome(0))
    recording.recorder.close()
    await clock.advance(0.1)
    assert recording.task.done()
    assert ledger.groups == [(FIRST, [0])]


async def test_no_outcome_is_stored_before_the_usage_of_its_call_is() -> None:
    clock, ledger, is_settled = ManualClock(), GroupLedger(), asyncio.Event()

    async def settled() -> None:
        await is_settled.wait()

    recording = Recording(ledger, clock, settled=settled)
    recording.recorder.add(FIRST, outcome(0))
    await clock.advance(1)
    assert ledger.groups == []
    is_settled.set()
    await clock.advance(0)
    assert ledger.groups == [(FIRST, [0])]


async def test_usage_that_cannot_be_settled_stops_the_recorder_as_a_ledger_that_stays_away_does() -> None:
    clock, ledger = ManualClock(), GroupLedger()

    async def settled() -> None:
        raise TextNLPError("Closed.", kind=ErrorKind.UNAVAILABLE)

    recording = Recording(ledger, clock, settled=settled)
    recording.recorder.add(FIRST, outcome(0))
    await clock.advance(GIVE_UP_SECONDS + 2)
    with pytest.raises(TextNLPError, match="Closed"):
        await recording.task
    assert ledger.groups == []
