"""Whatever order calls come, end and die in, a budget is overrun only by what they used above their reservations."""

import asyncio
import dataclasses
import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.usage_ledger_cases import NOON, budget, reserved, settled
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.entry import Reservation
from textnlp.ports.usage_ledger import UsageLedger


class Step(NamedTuple):
    """Something that happens to a call; `cost`, in cents, is what it reserves or used."""

    what: Literal["reserve", "settle", "release", "expire"]
    call: int
    cost: int


_STEPS = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["reserve", "reserve", "settle", "release", "expire"]),
        call=st.integers(0, 9),
        cost=st.integers(0, 60),
    ),
    max_size=30,
)
_numbers = itertools.count()


async def _follow(ledger: UsageLedger, steps: list[Step], *, limit: int) -> None:
    tenant = f"tenant {next(_numbers)}"
    one = dataclasses.replace(budget(f"{limit}"), id=BudgetId(tenant), tenant=tenant, value=tenant)
    await ledger.set_budget(one, now=NOON)
    open_ = dict[int, Reservation]()
    spent = excess = Decimal(0)
    for number, step in enumerate(steps):
        at = NOON + timedelta(minutes=number)
        if step.what == "reserve" and step.call not in open_:
            call = reserved(f"{step.cost}", tenant=tenant, at=at)
            if not await ledger.reserve([call]):
                open_[step.call] = call
        elif step.what == "settle" and step.call in open_:
            call = open_.pop(step.call)
            for _ in range(2):
                await ledger.settle([settled(call, f"{step.cost}")])
            spent += step.cost
            excess += max(Decimal(0), step.cost - (call.estimated_cost or 0))
        elif step.what == "release" and step.call in open_:
            await ledger.release([open_.pop(step.call)])
        elif step.what == "expire":
            await ledger.expire(at)
            open_ = {key: call for key, call in open_.items() if call.expires_at > at}
        (standing,) = await ledger.standing(tenant, now=NOON)
        assert standing.spent == spent
        assert standing.reserved == sum(call.estimated_cost or 0 for call in open_.values())
        assert standing.spent + standing.reserved <= limit + excess


@given(steps=_STEPS, limit=st.integers(0, 150))
def test_the_ledger_in_memory_keeps_to_a_budget(steps: list[Step], limit: int) -> None:
    asyncio.run(_follow(MemoryUsageLedger(), steps, limit=limit))


@pytest.mark.postgres
def test_the_ledger_in_postgresql_keeps_to_a_budget(database_url: str) -> None:
    with asyncio.Runner() as runner:
        database = PostgresDatabase(database_url, clock=SystemClock(), max_connections=2)

        @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(steps=_STEPS, limit=st.integers(0, 150))
        def follow(steps: list[Step], limit: int) -> None:
            runner.run(_follow(PostgresUsageLedger(database), steps, limit=limit))

        follow()
        runner.run(database.aclose())
