import asyncio
import dataclasses
import itertools
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from psycopg.sql import SQL

from tests.contract.usage_ledger_cases import NOON, TENANT, budget, reserved, settled
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.budget import BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.entry import CallOutcome
from textnlp.domain.usage.totals import Grouping, UsageTotal
from textnlp.ports.usage_ledger import UsageLedger

_LATER = NOON + timedelta(hours=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest) -> UsageLedger:
    if request.param == "memory":
        return MemoryUsageLedger()
    return PostgresUsageLedger(request.getfixturevalue("database"))


@pytest.fixture
async def three_ledgers(ledger: UsageLedger, request: pytest.FixtureRequest) -> AsyncGenerator[list[UsageLedger]]:
    """The same ledger as three processes have it."""
    if isinstance(ledger, MemoryUsageLedger):
        yield [ledger] * 3
        return
    url = request.getfixturevalue("database_url")
    databases = [PostgresDatabase(url, clock=SystemClock()) for _ in range(3)]
    yield [PostgresUsageLedger(database) for database in databases]
    for database in databases:
        await database.aclose()


def calls_in(totals: list[UsageTotal]) -> int:
    return sum(total.calls for total in totals)


async def _figures(ledger: UsageLedger, at: datetime = NOON) -> list[tuple[str, str]]:
    return [(f"{one.spent:f}", f"{one.reserved:f}") for one in await ledger.standing(TENANT, now=at)]


async def _sums(ledger: UsageLedger, at: datetime = NOON) -> tuple[Decimal, Decimal]:
    (one,) = await ledger.standing(TENANT, now=at)
    return one.spent, one.reserved


async def _totals(ledger: UsageLedger, group_by: Grouping, *, hours: float = 48) -> dict[str | None, UsageTotal]:
    start = NOON - timedelta(hours=12)
    totals = await ledger.totals(TENANT, group_by=group_by, since=start, until=start + timedelta(hours=hours))
    return {total.key: total for total in totals}


async def test_a_call_is_reserved_and_then_spent(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    call = reserved("2")
    assert await ledger.reserve([call]) == []
    assert await _sums(ledger) == (0, 2)
    await ledger.settle([settled(call, "0.000000375")])
    assert await _sums(ledger) == (Decimal("0.000000375"), 0)


async def test_only_the_reservations_that_do_not_fit_are_refused(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("10"), now=NOON)
    calls = [reserved(cost) for cost in ("6", "5", "4", "0.01")]
    refusals = await ledger.reserve(calls)
    assert [refusal.reservation for refusal in refusals] == [calls[1], calls[3]]
    assert (await _sums(ledger)) == (0, 10)
    error = refusals[0].error()
    assert (error.kind, error.facts.limit_name) == (ErrorKind.LIMIT_REACHED, "budget_1")
    assert error.facts.retry_after_seconds == 12 * 3600
    assert "4 left" in error.message


async def test_a_call_counts_towards_every_budget_it_belongs_to(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("100", id_="1"), now=NOON)
    await ledger.set_budget(budget("100", id_="2", scope=BudgetScope.CALLER, value="ann"), now=NOON)
    await ledger.set_budget(budget("100", id_="3", scope=BudgetScope.BATCH, value="batch_1"), now=NOON)
    await ledger.set_budget(budget("1000", id_="4", unit=BudgetUnit.TOKENS, period=BudgetPeriod.TOTAL), now=NOON)
    calls = [reserved(), reserved(batch="batch_1"), reserved(caller="bob", batch="batch_1"), reserved(tenant="other")]
    assert await ledger.reserve(calls) == []
    assert [one.reserved for one in await ledger.standing(TENANT, now=NOON)] == [3, 2, 2, 300]
    await ledger.settle([settled(call) for call in calls])
    assert [one.spent for one in await ledger.standing(TENANT, now=NOON)] == [Decimal("1.5"), 1, 1, 90]


async def test_the_narrowest_budget_decides_and_a_refused_call_takes_nothing_of_the_others(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("100", id_="1"), now=NOON)
    await ledger.set_budget(budget("100", id_="2", unit=BudgetUnit.TOKENS), now=NOON)
    refusals = await ledger.reserve([reserved(), reserved()])
    assert [refusal.standing.budget.id for refusal in refusals] == ["2"]
    assert await _figures(ledger) == [("0", "1"), ("0", "100")]


async def test_calls_of_unknown_price_count_in_tokens_only(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("0", id_="1"), now=NOON)
    await ledger.set_budget(budget("100", id_="2", unit=BudgetUnit.TOKENS), now=NOON)
    call = reserved(None)
    assert await ledger.reserve([call]) == []
    await ledger.settle([settled(call, None)])
    assert await _figures(ledger) == [("0", "0"), ("30", "0")]
    (total,) = (await _totals(ledger, Grouping.MODEL)).values()
    assert (total.calls, total.unpriced, total.cost) == (1, 1, 0)


async def test_settling_and_reserving_twice_is_once(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    call = reserved()
    for _ in range(2):
        assert await ledger.reserve([call, call]) == []
    assert await _sums(ledger) == (0, 1)
    await ledger.settle([settled(call), settled(call, "9")])
    await ledger.settle([settled(call, "9")])
    await ledger.reserve([call])
    assert await _sums(ledger) == (Decimal("0.5"), 0)
    assert (await _totals(ledger, Grouping.MODEL))["m-1"].calls == 1


async def test_a_released_reservation_is_free_again(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("1"), now=NOON)
    call = reserved()
    await ledger.reserve([call])
    for _ in range(2):
        await ledger.release([call])
    assert await _sums(ledger) == (0, 0)
    assert await ledger.reserve([reserved()]) == []


async def test_releasing_what_is_settled_changes_nothing(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    call = reserved()
    await ledger.reserve([call])
    await ledger.settle([settled(call)])
    await ledger.release([call])
    assert await _sums(ledger) == (Decimal("0.5"), 0)


async def test_a_reservation_whose_process_died_expires(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    early, late = reserved(), reserved(at=NOON + timedelta(minutes=5))
    await ledger.reserve([early, late])
    assert await ledger.expire(early.expires_at - timedelta(seconds=1)) == 0
    assert await ledger.expire(early.expires_at) == 1
    assert await _sums(ledger) == (0, 1)
    assert await ledger.expire(early.expires_at) == 0


async def test_a_call_that_is_settled_after_all_counts_although_it_expired(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    call = reserved()
    await ledger.reserve([call])
    await ledger.expire(_LATER)
    await ledger.settle([settled(call)])
    assert await _sums(ledger) == (Decimal("0.5"), 0)


async def test_many_reservations_expire_at_once(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("10000"), now=NOON)
    await ledger.reserve([reserved() for _ in range(2_100)])
    assert await ledger.expire(_LATER) == 2_100
    assert await _sums(ledger) == (0, 0)


async def test_calls_take_their_parts_of_a_block_along_when_they_are_settled(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(id_="1"), now=NOON)
    await ledger.set_budget(budget("1000", id_="2", unit=BudgetUnit.TOKENS), now=NOON)
    block = reserved("2", calls=4)
    assert await ledger.reserve([block]) == []
    first, second = reserved("2"), reserved("1.5")
    for _ in range(2):
        await ledger.settle([settled(first, block=block), settled(second, block=block)])
    assert await _figures(ledger) == [("1.0", "4.5"), ("60", "200")]
    for _ in range(2):
        await ledger.release([block])
    assert await _figures(ledger) == [("1.0", "0.0"), ("60", "0")]


async def test_a_block_that_is_settled_itself_gives_back_what_was_left_of_it(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("100"), now=NOON)
    block, other = reserved("1", calls=4), reserved("5")
    await ledger.reserve([block, other])
    await ledger.settle([settled(reserved("1"), block=block)])
    await ledger.settle([settled(block)])
    assert await _sums(ledger) == (1, 5)


async def test_a_block_ends_where_a_budget_warns(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("10"), now=NOON)
    (refusal,) = await ledger.reserve([reserved("1", calls=9)])
    assert refusal.standing.left == 10
    assert await ledger.reserve([reserved("1", calls=8), *(reserved() for _ in range(2))]) == []
    assert await _sums(ledger) == (0, 10)


async def test_what_is_left_of_a_block_expires(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(), now=NOON)
    block = reserved("1", calls=5)
    await ledger.reserve([block])
    await ledger.settle([settled(reserved(), block=block)])
    assert await ledger.expire(_LATER) == 1
    assert await _sums(ledger) == (Decimal("0.5"), 0)
    await ledger.settle([settled(reserved(), block=block)])
    assert await _sums(ledger) == (1, 0)


async def test_a_block_of_unknown_price_counts_in_tokens_only(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("0", id_="1"), now=NOON)
    await ledger.set_budget(budget("1000", id_="2", unit=BudgetUnit.TOKENS), now=NOON)
    block = reserved(None, calls=3)
    assert await ledger.reserve([block]) == []
    await ledger.settle([settled(reserved(None), None, block=block)])
    assert await _figures(ledger) == [("0", "0"), ("30", "200")]


async def test_a_call_counts_in_the_period_it_was_reserved_in(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget(id_="1"), now=NOON)
    await ledger.set_budget(budget(id_="2", period=BudgetPeriod.MONTHLY), now=NOON)
    await ledger.set_budget(budget(id_="3", period=BudgetPeriod.TOTAL), now=NOON)
    midnight = NOON + timedelta(hours=12)
    call = reserved(at=midnight - timedelta(seconds=1))
    await ledger.reserve([call])
    await ledger.settle([settled(call)])
    assert [one.spent for one in await ledger.standing(TENANT, now=NOON)] == [Decimal("0.5")] * 3
    assert [one.spent for one in await ledger.standing(TENANT, now=midnight)] == [0, Decimal("0.5"), Decimal("0.5")]
    april = NOON + timedelta(days=31)
    assert [one.spent for one in await ledger.standing(TENANT, now=april)] == [0, 0, Decimal("0.5")]


@pytest.mark.parametrize("scope", BudgetScope)
@pytest.mark.parametrize("unit", BudgetUnit)
async def test_a_budget_set_late_knows_what_its_period_has_seen(
    ledger: UsageLedger, scope: BudgetScope, unit: BudgetUnit
) -> None:
    value = {BudgetScope.TENANT: TENANT, BudgetScope.CALLER: "ann", BudgetScope.BATCH: "batch_1"}[scope]
    spent, open_ = reserved(batch="batch_1"), reserved(batch="batch_1")
    others = [reserved(tenant="other", batch="batch_1"), reserved(at=NOON - timedelta(days=1), batch="batch_1")]
    await ledger.reserve([spent, open_, *others])
    await ledger.settle([settled(spent), *map(settled, others)])
    await ledger.set_budget(budget("1000", scope=scope, value=value, unit=unit), now=NOON)
    expected = (30, 100) if unit is BudgetUnit.TOKENS else (Decimal("0.5"), 1)
    assert await _sums(ledger) == expected
    await ledger.settle([settled(open_)])
    assert await _sums(ledger) == (2 * expected[0], 0)


async def test_a_raised_budget_lets_calls_through_again(ledger: UsageLedger) -> None:
    await ledger.set_budget(budget("1"), now=NOON)
    assert len(await ledger.reserve([reserved(), reserved()])) == 1
    raised = dataclasses.replace(budget("2"), warn_share=0.5)
    await ledger.set_budget(raised, now=NOON)
    assert await ledger.budgets(TENANT) == [raised]
    assert await ledger.reserve([reserved()]) == []
    assert await _sums(ledger) == (0, 2)


async def test_budgets_are_listed_by_tenant_and_deleted(ledger: UsageLedger) -> None:
    first, second = budget(id_="1"), budget("7.25", id_="2", period=BudgetPeriod.MONTHLY, unit=BudgetUnit.USD)
    for one in (second, first):
        await ledger.set_budget(one, now=NOON)
    assert await ledger.budgets(TENANT) == [first, second]
    assert await ledger.budgets("other") == []
    assert await ledger.tenants_with_budgets() == [TENANT]
    await ledger.delete_budget(first.id)
    assert await ledger.budgets(TENANT) == [second]
    with pytest.raises(TextNLPError) as caught:
        await ledger.delete_budget(first.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_without_budgets_everything_is_let_through(ledger: UsageLedger) -> None:
    call = reserved("1000000")
    assert await ledger.reserve([call]) == []
    await ledger.settle([settled(call)])
    assert await ledger.standing(TENANT, now=NOON) == []
    assert await ledger.reserve([]) == []
    await ledger.settle([])
    await ledger.release([])


async def test_names_that_no_database_holds_spoil_nothing(ledger: UsageLedger) -> None:
    call = dataclasses.replace(reserved(), model="a\0" + "x" * 10_000, route="\ud800")
    assert await ledger.reserve([call]) == []
    await ledger.settle([settled(call)])
    assert calls_in(await ledger.roll_up(_LATER)) == 1


async def test_rolling_up_tells_what_was_added_by_model(ledger: UsageLedger) -> None:
    models = ("m-2", "m-1", "m-2")
    await ledger.settle([settled(dataclasses.replace(reserved(), model=model)) for model in models])
    await ledger.settle([settled(dataclasses.replace(reserved(tenant="other"), model="m-1"), None)])
    added = await ledger.roll_up(_LATER)
    assert [(total.key, total.calls, total.usage.completion_tokens, total.cost) for total in added] == [
        ("m-1", 2, 20, Decimal("0.5")),
        ("m-2", 2, 20, Decimal(1)),
    ]
    assert await ledger.roll_up(_LATER) == []


async def _a_day_of_calls(ledger: UsageLedger) -> None:
    outcomes = itertools.cycle([CallOutcome.OK, CallOutcome.OK, CallOutcome.FAILED, CallOutcome.CANCELLED])
    calls = [
        settled(
            reserved(
                caller=["ann", "bob"][number % 2],
                batch=[None, "batch_1", "batch_2"][number % 3],
                at=NOON + timedelta(minutes=17 * number),
            ),
            [None, "0.25", "0.5", "1"][number % 4],
            tokens=20 + number,
            outcome=next(outcomes),
        )
        for number in range(60)
    ]
    await ledger.settle(calls)
    await ledger.settle([settled(reserved(tenant="other"))])


async def test_calls_are_added_up_by_day_model_caller_and_batch(ledger: UsageLedger) -> None:
    await _a_day_of_calls(ledger)
    by_day = await _totals(ledger, Grouping.DAY)
    assert [(key, total.calls) for key, total in by_day.items()] == [("2026-03-01", 43), ("2026-03-02", 17)]
    (whole,) = (await _totals(ledger, Grouping.MODEL)).values()
    assert whole == UsageTotal(
        key="m-1",
        calls=60,
        failed=15,
        cancelled=15,
        unpriced=15,
        usage=Usage(
            prompt_tokens=sum(10 + number for number in range(60)),
            completion_tokens=600,
            cached_tokens=240,
            reasoning_tokens=120,
        ),
        cost=Decimal("26.25"),
    )
    assert [(key, total.calls) for key, total in (await _totals(ledger, Grouping.CALLER)).items()] == [
        ("ann", 30),
        ("bob", 30),
    ]
    assert [(key, total.calls) for key, total in (await _totals(ledger, Grouping.BATCH)).items()] == [
        (None, 20),
        ("batch_1", 20),
        ("batch_2", 20),
    ]


async def test_totals_hold_the_calls_from_since_to_just_before_until(ledger: UsageLedger) -> None:
    await ledger.settle([settled(reserved(at=NOON + timedelta(minutes=10 * number))) for number in range(30)])
    await ledger.roll_up(NOON + timedelta(hours=3, minutes=15))
    for first, end in itertools.combinations((0, 1, 5, 6, 7, 11, 12, 18, 20, 24, 29), 2):
        since, until = (NOON + timedelta(minutes=10 * number) for number in (first, end))
        (total,) = await ledger.totals(TENANT, group_by=Grouping.CALLER, since=since, until=until)
        assert total.calls == end - first
    assert await ledger.totals(TENANT, group_by=Grouping.DAY, since=_LATER, until=NOON) == []


async def test_rolling_up_changes_no_total(ledger: UsageLedger) -> None:
    await _a_day_of_calls(ledger)
    spans = (48.0, 13.5, 20.25)
    before = [await _totals(ledger, grouping, hours=hours) for grouping in Grouping for hours in spans]
    assert calls_in(await ledger.roll_up(NOON + timedelta(minutes=200))) == 13
    assert [await _totals(ledger, grouping, hours=hours) for grouping in Grouping for hours in spans] == before
    assert calls_in(await ledger.roll_up(NOON + timedelta(days=3))) == 48
    assert calls_in(await ledger.roll_up(NOON + timedelta(days=3))) == 0
    assert [await _totals(ledger, grouping, hours=hours) for grouping in Grouping for hours in spans] == before


async def test_a_call_settled_after_its_hour_was_rolled_up_is_added_to_it(ledger: UsageLedger) -> None:
    await ledger.settle([settled(reserved())])
    await ledger.roll_up(_LATER)
    await ledger.settle([settled(reserved())])
    assert (await _totals(ledger, Grouping.CALLER))["ann"].calls == 2
    assert calls_in(await ledger.roll_up(_LATER)) == 1
    assert (await _totals(ledger, Grouping.CALLER))["ann"].calls == 2


async def test_two_hundred_callers_at_once_never_overrun_a_budget(three_ledgers: list[UsageLedger]) -> None:
    limit = Decimal(20)
    await three_ledgers[0].set_budget(budget("20"), now=NOON)
    ended = asyncio.Event()

    async def call(number: int) -> bool:
        ledger = three_ledgers[number % 3]
        reservation = reserved("0.5", caller=f"caller {number % 7}")
        if await ledger.reserve([reservation]):
            return False
        await ledger.settle([settled(reservation, "0.25")])
        return True

    async def watch() -> int:
        looks = 0
        while not ended.is_set():
            spent, reserved_ = await _sums(three_ledgers[2])
            assert spent + reserved_ <= limit
            looks += 1
            await asyncio.sleep(0)
        return looks

    watching = asyncio.create_task(watch())
    results = await asyncio.gather(*(call(number) for number in range(200)))
    ended.set()
    assert await watching > 0
    spent, open_ = await _sums(three_ledgers[0])
    assert open_ == 0
    assert spent == Decimal("0.25") * sum(results)
    assert 40 <= sum(results) <= 79, (
        "forty fit whole; what is given back lets others in, until half a dollar is missing"
    )


async def test_callers_that_use_more_than_they_reserved_overrun_by_no_more_than_that(
    three_ledgers: list[UsageLedger],
) -> None:
    await three_ledgers[0].set_budget(budget("20"), now=NOON)

    async def call(number: int) -> int:
        ledger = three_ledgers[number % 3]
        reservation = reserved("1")
        if await ledger.reserve([reservation]):
            return 0
        await ledger.settle([settled(reservation, "1.5")])
        return 1

    count = sum(await asyncio.gather(*(call(number) for number in range(200))))
    spent, _ = await _sums(three_ledgers[0])
    assert spent == Decimal("1.5") * count
    assert spent <= 20 + Decimal("0.5") * count


async def test_a_budget_set_while_calls_are_under_way_misses_none(three_ledgers: list[UsageLedger]) -> None:
    async def call(number: int) -> None:
        reservation = reserved("0.01")
        await three_ledgers[number % 3].reserve([reservation])
        await three_ledgers[(number + 1) % 3].settle([settled(reservation, "0.02")])

    async def set_budgets() -> None:
        for number in range(10):
            await three_ledgers[0].set_budget(budget("1000", id_=f"{number}"), now=NOON)

    await asyncio.gather(*(call(number) for number in range(100)), set_budgets())
    assert {(one.spent, one.reserved) for one in await three_ledgers[1].standing(TENANT, now=NOON)} == {(2, 0)}


async def test_the_same_calls_settled_and_expired_at_once_count_once(three_ledgers: list[UsageLedger]) -> None:
    await three_ledgers[0].set_budget(budget("1000"), now=NOON)
    calls = [reserved() for _ in range(60)]
    await three_ledgers[0].reserve(calls)
    await asyncio.gather(
        three_ledgers[0].settle([settled(call) for call in calls]),
        three_ledgers[1].settle([settled(call) for call in reversed(calls)]),
        three_ledgers[2].expire(_LATER),
        three_ledgers[1].release(calls[::2]),
    )
    assert await _sums(three_ledgers[0]) == (30, 0)


async def test_the_same_calls_of_a_block_settled_in_three_places_count_once(three_ledgers: list[UsageLedger]) -> None:
    await three_ledgers[0].set_budget(budget("1000"), now=NOON)
    block, calls = reserved(calls=60), [reserved() for _ in range(60)]
    await three_ledgers[0].reserve([block])
    await asyncio.gather(
        three_ledgers[0].settle([settled(call, block=block) for call in calls[:50]]),
        three_ledgers[1].settle([settled(call, block=block) for call in reversed(calls[:50])]),
        *(three_ledgers[2].settle([settled(call, block=block)]) for call in calls[40:50]),
    )
    assert await _sums(three_ledgers[0]) == (25, 10)


async def test_two_that_roll_up_at_once_add_every_call_once(three_ledgers: list[UsageLedger]) -> None:
    await _a_day_of_calls(three_ledgers[0])
    before = await _totals(three_ledgers[0], Grouping.CALLER)
    until = NOON + timedelta(days=3)
    rolled_up = await asyncio.gather(*(ledger.roll_up(until) for ledger in three_ledgers))
    assert sum(map(calls_in, rolled_up)) == 61
    assert await _totals(three_ledgers[0], Grouping.CALLER) == before


@pytest.mark.postgres
async def test_a_database_that_is_away_is_unavailable() -> None:
    database = PostgresDatabase("postgresql://127.0.0.1:1/nowhere", clock=SystemClock(), wait_seconds=0.1)
    ledger = PostgresUsageLedger(database)
    for call in (ledger.reserve([reserved()]), ledger.settle([settled(reserved())]), ledger.standing(TENANT, now=NOON)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.UNAVAILABLE
    await database.aclose()


@pytest.mark.postgres
async def test_the_hours_add_up_to_the_entries(database: PostgresDatabase) -> None:
    ledger = PostgresUsageLedger(database)
    await _a_day_of_calls(ledger)
    await ledger.roll_up(NOON + timedelta(days=3))
    columns = SQL("sum(cost), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens)")
    async with database.connection() as connection:
        entries = await connection.execute(SQL("select count(*), {} from usage_entries").format(columns))
        hours = await connection.execute(SQL("select sum(calls), {} from usage_hours").format(columns))
        assert await entries.fetchone() == await hours.fetchone()


@pytest.mark.postgres
async def test_a_group_that_is_cancelled_while_it_waits_for_a_budget_leaves_nothing(database: PostgresDatabase) -> None:
    ledger = PostgresUsageLedger(database)
    await ledger.set_budget(budget(), now=NOON)
    async with database.connection() as connection, connection.transaction():
        await connection.execute("select from usage_budgets for update")
        waiting = [asyncio.create_task(ledger.reserve([reserved()])) for _ in range(4)]
        await asyncio.sleep(0.1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert all(task.cancelled() for task in waiting)
    assert await _sums(ledger) == (0, 0)
    assert await ledger.reserve([reserved()]) == []
    assert await _sums(ledger) == (0, 1)


async def test_deleting_an_unknown_budget_says_which(ledger: UsageLedger) -> None:
    with pytest.raises(TextNLPError, match="budget_nowhere"):
        await ledger.delete_budget(BudgetId("budget_nowhere"))
