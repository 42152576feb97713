"""Whatever is done to it, the ledger in PostgreSQL says what the one in memory says, and always balances."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.contract.batch_ledger_cases import LATER, accepted, cut, failed, make_batch, rejected, streamed
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.batches.model import BatchState, LedgerCounts, RowOutcome, RowState
from textnlp.domain.batches.rules import require_balance
from textnlp.domain.errors import TextNLPError
from textnlp.ports.batch_ledger import BatchLedger

_ROWS = 12


def _impossible(row: int) -> RowOutcome:
    return failed(row, attempts=0)


_MAKERS: list[Callable[[int], RowOutcome]] = [accepted, rejected, failed, _impossible]


@st.composite
def _outcomes(draw: st.DrawFn) -> list[RowOutcome]:
    chosen = draw(st.lists(st.tuples(st.sampled_from(_MAKERS), st.integers(0, _ROWS)), max_size=6))
    return [make(row) for make, row in chosen]


class _Ledgers(RuleBasedStateMachine):
    database_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = PostgresDatabase(self.database_url, clock=SystemClock(), max_connections=2)
        self.kept = PostgresBatchLedger(self.database)
        self.model = MemoryBatchLedger()
        self.batch = make_batch()
        self.is_created = False

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()

    def both(self, call: Callable[[BatchLedger], Awaitable[Any]]) -> None:
        assert self.answer(self.kept, call) == self.answer(self.model, call)

    def answer(self, ledger: BatchLedger, call: Callable[[BatchLedger], Awaitable[Any]]) -> Any:
        async def ask() -> Any:
            try:
                return await call(ledger)
            except TextNLPError as error:
                return error.kind

        return self.runner.run(ask())

    @rule()
    def create(self) -> None:
        self.both(lambda ledger: ledger.create(self.batch))
        self.is_created = True

    @rule(bad_rows=_outcomes())
    def start(self, bad_rows: list[RowOutcome]) -> None:
        started = dataclasses.replace(self.batch, counts=LedgerCounts(input=_ROWS), slice_count=3)
        self.both(lambda ledger: ledger.start(started, cut(_ROWS), bad_rows))

    @rule(outcomes=_outcomes())
    def record(self, outcomes: list[RowOutcome]) -> None:
        self.both(lambda ledger: ledger.record(self.batch.id, outcomes))

    @rule(state=st.sampled_from(BatchState))
    def set_state(self, state: BatchState) -> None:
        self.both(lambda ledger: ledger.set_state(self.batch.id, state, at=LATER, reason=state.value))

    @rule()
    def reopen(self) -> None:
        self.both(lambda ledger: ledger.reopen(self.batch.id, at=LATER))

    @rule(states=st.sets(st.sampled_from(RowState)), after_row=st.integers(-1, _ROWS), limit=st.integers(1, 5))
    def page(self, states: set[RowState], after_row: int, limit: int) -> None:
        self.both(lambda ledger: ledger.page(self.batch.id, states=states, after_row=after_row, limit=limit))

    @rule(first_row=st.integers(0, _ROWS), row_count=st.integers(0, _ROWS))
    def recorded_rows(self, first_row: int, row_count: int) -> None:
        self.both(lambda ledger: ledger.recorded_rows(self.batch.id, first_row=first_row, row_count=row_count))

    @rule()
    def look(self) -> None:
        self.both(lambda ledger: ledger.unfinished_slices(self.batch.id))
        self.both(lambda ledger: ledger.causes(self.batch.id))
        self.both(lambda ledger: streamed(ledger, self.batch.id))

    @invariant()
    def same_batch(self) -> None:
        self.both(lambda ledger: ledger.get(self.batch.id))
        self.both(lambda ledger: ledger.recount(self.batch.id))

    @precondition(lambda self: self.is_created)
    @invariant()
    def balanced(self) -> None:
        kept = self.answer(self.kept, lambda ledger: ledger.get(self.batch.id))
        require_balance(kept.counts, self.answer(self.kept, lambda ledger: ledger.recount(self.batch.id)))


@pytest.mark.postgres
def test_the_ledgers_agree_whatever_is_done_to_them(database_url: str) -> None:
    _Ledgers.database_url = database_url
    run_state_machine_as_test(
        _Ledgers,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
