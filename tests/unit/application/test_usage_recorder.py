import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from tests.contract.usage_ledger_cases import NOON, TENANT, budget, reserved, settled
from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.domain.usage.rules import Refusal

_AWAY = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)


class GroupLedger(MemoryUsageLedger):
    """Keeps the sizes of the groups it was given; raises `errors` first, and for what is in `poison` always."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)
        self.poison: set[str] = set()
        self.groups: list[tuple[str, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.then: Callable[[], object] = lambda: None
        self.then_settled: Callable[[], object] = lambda: None

    async def reserve(self, reservations: Sequence[Reservation]) -> list[Refusal]:
        await self._meet("reserve", reservations)
        self.then()
        return await super().reserve(reservations)

    async def settle(self, entries: Sequence[UsageEntry]) -> None:
        await self._meet("settle", [entry.reservation for entry in entries])
        await super().settle(entries)
        self.then_settled()

    async def _meet(self, what: str, reservations: Sequence[Reservation]) -> None:
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        if self.poison & {each.id for each in reservations}:
            raise ValueError("poison")
        self.groups.append((what, len(reservations)))


async def _figures(ledger: GroupLedger) -> tuple[Decimal, Decimal]:
    (one,) = await ledger.standing(TENANT, now=NOON)
    return one.spent, one.reserved


async def test_calls_that_come_while_a_group_is_written_form_the_next_one() -> None:
    ledger, clock = GroupLedger(), ManualClock()
    recorder = UsageRecorder(ledger, clock=clock)
    ledger.gate.clear()
    tasks = [asyncio.create_task(recorder.reserve(reserved())) for _ in range(3)]
    await clock.advance(0)
    tasks += [asyncio.create_task(recorder.reserve(reserved())) for _ in range(20)]
    await clock.advance(0)
    ledger.gate.set()
    await asyncio.gather(*tasks)
    assert ledger.groups == [("reserve", 3), ("reserve", 20)]


async def test_only_the_call_that_does_not_fit_is_refused() -> None:
    ledger = GroupLedger()
    await ledger.set_budget(budget("2"), now=NOON)
    recorder = UsageRecorder(ledger, clock=ManualClock())
    calls = [reserved() for _ in range(3)]
    results = await asyncio.gather(*map(recorder.reserve, calls), return_exceptions=True)
    assert results[:2] == [None, None]
    assert isinstance(results[2], TextNLPError)
    assert (results[2].kind, results[2].facts.limit_name) == (ErrorKind.LIMIT_REACHED, "budget_1")
    assert ledger.groups == [("reserve", 3)]


async def test_settlements_are_written_in_groups_without_being_waited_for() -> None:
    ledger = GroupLedger()
    await ledger.set_budget(budget("100"), now=NOON)
    recorder = UsageRecorder(ledger, clock=ManualClock())
    calls = [reserved() for _ in range(5)]
    await asyncio.gather(*(recorder.reserve(call) for call in calls))
    for call in calls:
        recorder.settle(settled(call))
    assert recorder.waiting == 5
    await recorder.aclose()
    assert recorder.waiting == 0
    assert ledger.groups == [("reserve", 5), ("settle", 5)]
    assert await _figures(ledger) == (Decimal("2.5"), 0)


async def test_while_the_ledger_is_away_calls_are_refused_and_settlements_kept() -> None:
    clock = ManualClock()
    ledger = GroupLedger(_AWAY, _AWAY, _AWAY)
    recorder = UsageRecorder(ledger, clock=clock)
    recorder.settle(settled(reserved()))
    await clock.advance(0.1)
    with pytest.raises(TextNLPError, match="Away"):
        await recorder.reserve(reserved())
    assert recorder.waiting == 1
    await clock.advance(5)
    assert recorder.waiting == 0
    assert ledger.groups == [("settle", 1)]
    await recorder.reserve(reserved())


async def test_once_too_much_waits_calls_are_refused_at_once() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock, most_waiting=4)
    ledger.gate.clear()
    recorder.settle(settled(reserved()))
    tasks = [asyncio.create_task(recorder.reserve(reserved())) for _ in range(3)]
    await clock.advance(0)
    with pytest.raises(TextNLPError) as caught:
        await recorder.reserve(reserved())
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    ledger.gate.set()
    await asyncio.gather(*tasks)
    await recorder.reserve(reserved())


async def test_a_caller_who_leaves_while_its_group_is_written_leaves_nothing_reserved() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    await ledger.set_budget(budget("100"), now=NOON)
    recorder = UsageRecorder(ledger, clock=clock)
    ledger.gate.clear()
    tasks = [asyncio.create_task(recorder.reserve(reserved())) for _ in range(3)]
    await clock.advance(0)
    tasks[1].cancel()
    await clock.advance(0)
    ledger.gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    await recorder.aclose()
    assert tasks[1].cancelled()
    assert await _figures(ledger) == (0, 2)


async def test_a_caller_who_leaves_just_after_it_was_let_through_leaves_nothing_reserved() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    await ledger.set_budget(budget("100"), now=NOON)
    recorder = UsageRecorder(ledger, clock=clock)
    task = asyncio.create_task(recorder.reserve(reserved()))
    ledger.then = lambda: asyncio.get_running_loop().call_soon(task.cancel)
    await clock.advance(0)
    await recorder.aclose()
    assert task.cancelled()
    assert ledger.groups == [("reserve", 1)]
    assert await _figures(ledger) == (0, 0)


async def test_a_caller_who_leaves_before_its_group_is_written_is_never_reserved() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock)
    ledger.gate.clear()
    first = asyncio.create_task(recorder.reserve(reserved()))
    await clock.advance(0)
    second = asyncio.create_task(recorder.reserve(reserved()))
    await clock.advance(0)
    second.cancel()
    ledger.gate.set()
    await first
    await recorder.aclose()
    assert ledger.groups == [("reserve", 1)]


async def test_a_call_that_cannot_be_stored_spoils_its_group_for_no_other(caplog: pytest.LogCaptureFixture) -> None:
    clock, ledger = ManualClock(), GroupLedger()
    await ledger.set_budget(budget("100"), now=NOON)
    recorder = UsageRecorder(ledger, clock=clock)
    calls = [reserved() for _ in range(4)]
    ledger.poison = {calls[2].id}
    results = await asyncio.gather(*(recorder.reserve(call) for call in calls), return_exceptions=True)
    assert [isinstance(result, ValueError) for result in results] == [False, False, True, False]
    for call in calls:
        recorder.settle(settled(call))
    await recorder.aclose()
    assert await _figures(ledger) == (Decimal("1.5"), 0)
    assert "cannot be stored" in caplog.text


async def test_closing_gives_up_on_a_ledger_that_stays_away(caplog: pytest.LogCaptureFixture) -> None:
    clock, ledger = ManualClock(), GroupLedger(*[_AWAY] * 100)
    recorder = UsageRecorder(ledger, clock=clock)
    recorder.settle(settled(reserved()))
    closing = asyncio.create_task(recorder.aclose(give_up_seconds=3))
    await clock.advance(2.9)
    assert not closing.done()
    await clock.advance(0.2)
    await closing
    assert "1 calls were not settled" in caplog.text


async def test_closing_turns_away_those_who_still_wait() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock)
    ledger.gate.clear()
    waiting = asyncio.create_task(recorder.reserve(reserved()))
    await clock.advance(0)
    closing = asyncio.create_task(recorder.aclose(give_up_seconds=1))
    await clock.advance(1)
    await closing
    with pytest.raises(TextNLPError) as caught:
        await waiting
    assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_whoever_waits_for_it_hears_when_all_that_was_handed_over_is_committed() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock)
    ledger.gate.clear()
    recorder.settle(settled(reserved()))
    first = asyncio.create_task(recorder.settled())
    await clock.advance(0)
    recorder.settle(settled(reserved()))
    second = asyncio.create_task(recorder.settled())
    await clock.advance(0)
    assert not first.done()
    ledger.then_settled = ledger.gate.clear
    ledger.gate.set()
    await clock.advance(0)
    assert (first.done(), second.done()) == (True, False)
    ledger.gate.set()
    await asyncio.gather(first, second)
    assert ledger.groups == [("settle", 1), ("settle", 1)]


async def test_settlements_that_somebody_waits_for_do_not_gather_any_longer() -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock, gather_seconds=0.02)
    recorder.settle(settled(reserved()))
    await clock.advance(0)
    assert ledger.groups == []
    await recorder.settled()
    assert ledger.groups == [("settle", 1)]


async def test_nobody_waits_where_nothing_was_handed_over() -> None:
    await UsageRecorder(GroupLedger(), clock=ManualClock()).settled()


async def test_a_settlement_that_cannot_be_stored_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    clock, ledger = ManualClock(), GroupLedger()
    recorder = UsageRecorder(ledger, clock=clock)
    call = reserved()
    ledger.poison = {call.id}
    recorder.settle(settled(call))
    await recorder.settled()
    assert "cannot be stored" in caplog.text


async def test_closing_turns_away_those_who_wait_for_settlements() -> None:
    clock, ledger = ManualClock(), GroupLedger(*[_AWAY] * 100)
    recorder = UsageRecorder(ledger, clock=clock)
    recorder.settle(settled(reserved()))
    waiting = asyncio.create_task(recorder.settled())
    closing = asyncio.create_task(recorder.aclose(give_up_seconds=1))
    await clock.advance(2)
    await closing
    with pytest.raises(TextNLPError) as caught:
        await waiting
    assert caught.value.kind is ErrorKind.UNAVAILABLE
