"""Whatever is done to it, the ledger in PostgreSQL says what the one in memory says, and keeps to the budgets."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.contract.usage_ledger_cases import NOON, TENANT, budget, reserved, settled
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import BudgetId, UsageId
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetStanding, BudgetUnit, period_start
from textnlp.domain.usage.entry import CallOutcome, Reservation
from textnlp.domain.usage.totals import Grouping
from textnlp.ports.usage_ledger import UsageLedger

_TABLES = "usage_reservations, usage_entries, usage_hours, usage_budgets, budget_counters"
_VALUES = {BudgetScope.TENANT: TENANT, BudgetScope.CALLER: "ann", BudgetScope.BATCH: "batch_1"}
_MOMENTS = st.integers(0, 60).map(lambda hours: NOON + timedelta(hours=hours))
_COSTS = st.one_of(st.none(), st.integers(0, 40).map(lambda cents: f"{cents / 10}"))


@st.composite
def _reservations(draw: st.DrawFn) -> list[Reservation]:
    return [
        reserved(
            draw(_COSTS),
            caller=draw(st.sampled_from(["ann", "bob"])),
            batch=draw(st.sampled_from([None, "batch_1"])),
            at=draw(_MOMENTS),
            tenant=draw(st.sampled_from([TENANT, TENANT, "other"])),
            id_=f"use_{draw(st.integers(0, 30))}",
            calls=draw(st.sampled_from([1, 1, 3])),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]


@st.composite
def _budgets(draw: st.DrawFn) -> Budget:
    scope = draw(st.sampled_from(BudgetScope))
    return budget(
        str(draw(st.sampled_from([0, 5, 10, 300]))),
        id_=f"budget_{draw(st.integers(0, 3))}",
        scope=scope,
        value=_VALUES[scope],
        period=draw(st.sampled_from(BudgetPeriod)),
        unit=draw(st.sampled_from(BudgetUnit)),
    )


class _Ledgers(RuleBasedStateMachine):
    database_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        with psycopg.connect(self.database_url, options="-c search_path=textnlp") as connection:
            connection.execute(f"truncate {_TABLES}")  # pyright: ignore[reportArgumentType, reportCallIssue]  a constant
        self.database = PostgresDatabase(self.database_url, clock=SystemClock(), max_connections=2)
        self.kept = PostgresUsageLedger(self.database)
        self.model = MemoryUsageLedger()
        self.now = NOON
        self.calls: dict[str, Reservation] = {}
        self.drawn: dict[str, set[str]] = {}

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()

    def both(self, call: Callable[[UsageLedger], Awaitable[Any]]) -> Any:
        answer = self.answer(self.kept, call)
        assert answer == self.answer(self.model, call)
        return answer

    def answer(self, ledger: UsageLedger, call: Callable[[UsageLedger], Awaitable[Any]]) -> Any:
        async def ask() -> Any:
            try:
                return await call(ledger)
            except TextNLPError as error:
                return error.kind

        return self.runner.run(ask())

    def standing(self, at: datetime) -> dict[BudgetId, BudgetStanding]:
        standing: list[BudgetStanding] = self.answer(self.kept, lambda ledger: ledger.standing(TENANT, now=at))
        return {one.budget.id: one for one in standing}

    @rule(reservations=_reservations())
    def reserve(self, reservations: list[Reservation]) -> None:
        given = [self.calls.get(each.id, each) for each in reservations]
        before = {each.created_at: self.standing(each.created_at) for each in given}
        refusals = self.both(lambda ledger: ledger.reserve(given))
        refused = {refusal.reservation.id for refusal in refusals}
        self.calls.update((each.id, each) for each in given if each.id not in refused)
        for at, known in before.items():
            for budget_id, after in self.standing(at).items():
                if after.reserved > known[budget_id].reserved:
                    first = after.period_start
                    counted = [each for each in given if period_start(after.budget.period, each.created_at) == first]
                    bound = max(after.budget.limit_for(each) for each in counted)
                    assert after.spent + after.reserved <= bound

    @rule(data=st.data(), cost=_COSTS, tokens=st.integers(10, 200), outcome=st.sampled_from(CallOutcome))
    def settle(self, data: st.DataObject, cost: str | None, tokens: int, outcome: CallOutcome) -> None:
        ids = data.draw(st.lists(st.sampled_from(sorted(self.calls)), max_size=4)) if self.calls else []
        entries = [settled(self.calls[each], cost, tokens=tokens, outcome=outcome) for each in ids]
        self.both(lambda ledger: ledger.settle(entries))

    @rule(data=st.data(), cost=_COSTS, number=st.integers(0, 30))
    def draw(self, data: st.DataObject, cost: str | None, number: int) -> None:
        blocks = [each for each in self.calls.values() if len(self.drawn.get(each.id, ())) < each.calls != 1]
        if blocks:
            block = data.draw(st.sampled_from(blocks))
            price = block.estimated_cost
            part = dataclasses.replace(
                block,
                id=UsageId(f"{block.id}_{number}"),
                estimated_tokens=block.estimated_tokens // block.calls,
                estimated_cost=None if price is None else price / block.calls,
                calls=1,
            )
            self.drawn.setdefault(block.id, set()).add(part.id)
            self.both(lambda ledger: ledger.settle([settled(part, cost, block=block)]))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.calls:
            call = self.calls[data.draw(st.sampled_from(sorted(self.calls)))]
            self.both(lambda ledger: ledger.release([call]))

    @rule(at=_MOMENTS)
    def expire(self, at: datetime) -> None:
        self.both(lambda ledger: ledger.expire(at))

    @rule(given=_budgets())
    def set_budget(self, given: Budget) -> None:
        self.both(lambda ledger: ledger.set_budget(given, now=self.now))

    @rule(number=st.integers(0, 3))
    def delete_budget(self, number: int) -> None:
        self.both(lambda ledger: ledger.delete_budget(BudgetId(f"budget_{number}")))

    @rule(until=_MOMENTS)
    def roll_up(self, until: datetime) -> None:
        self.both(lambda ledger: ledger.roll_up(until))

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(grouping=st.sampled_from(Grouping), since=_MOMENTS, minutes=st.integers(0, 4_000))
    def add_up(self, grouping: Grouping, since: datetime, minutes: int) -> None:
        until = since + timedelta(minutes=minutes)
        self.both(lambda ledger: ledger.totals(TENANT, group_by=grouping, since=since, until=until))

    @invariant()
    def same_standing(self) -> None:
        for one in self.both(lambda ledger: ledger.standing(TENANT, now=self.now)):
            assert one.spent >= 0
            assert one.reserved >= Decimal(0)
        self.both(lambda ledger: ledger.budgets(TENANT))


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
