"""The ledger of usage in PostgreSQL."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from textnlp.adapters.database import usage_statements as sql
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_rows import (
    budget_of_row,
    columns_of_counters,
    columns_of_entries,
    columns_of_parts,
    columns_of_reservations,
    counter_of_row,
    filter_of,
    name_of,
    reservation_of_row,
    total_of_row,
    values_of_budget,
)
from textnlp.domain.errors import not_found
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetStanding, BudgetUnit, period_start
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.domain.usage.rules import (
    Counter,
    CounterKey,
    Refusal,
    added,
    admit,
    changes_of_spending,
    changes_of_taking_back,
    counter_key,
    standing_of,
)
from textnlp.domain.usage.totals import Grouping, UsageTotal, join_totals

_EXPIRED_A_TIME = 1_000
_ENTRIES_A_ROLL_UP = 10_000
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Connection = AsyncConnection[tuple[Any, ...]]


class PostgresUsageLedger:
    """Satisfies the `UsageLedger` port on the tables of revision 0006.

    A group of calls is one transaction of two round trips: the first locks the budgets and reads, the second writes
    and commits. Groups that count towards the same budget take turns, so `UsageRecorder` makes few and large ones.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def reserve(self, reservations: Sequence[Reservation]) -> list[Refusal]:
        """Set aside what calls may use, one after the other; return those that do not fit a budget.

        It is not waited for that it reaches the disk: others see it at once, and where the server crashes a moment
        later its calls are counted when they are settled.
        """
        if not reservations:
            return []
        given = {each.id: each for each in reservations}
        wanted = filter_of(reservations)
        async with self._transaction() as connection:
            await connection.execute(sql.DO_NOT_WAIT)
            await connection.execute(sql.KEEP_BUDGETS)
            locked = await connection.execute(sql.LOCK_BUDGETS, wanted)
            counted = await connection.execute(sql.COUNTERS, wanted)
            known = await connection.execute(sql.KNOWN, {"ids": list(given)})
            budgets = [budget_of_row(row) for row in await locked.fetchall()]
            counters = dict(map(counter_of_row, await counted.fetchall()))
            for row in await known.fetchall():
                given.pop(row[0], None)
            admission = admit(given.values(), budgets=budgets, counters=counters)
            if admission.admitted:
                await connection.execute(sql.RESERVE, columns_of_reservations(admission.admitted))
                await _count(connection, admission.changes)
        return list(admission.refusals)

    async def settle(self, entries: Sequence[UsageEntry]) -> None:
        """Store what calls used in the place of what was set aside for them."""
        if not entries:
            return
        given = {entry.reservation.id: entry for entry in reversed(entries)}
        reservations = [entry.reservation for entry in given.values()]
        alone = [id_ for id_, entry in given.items() if entry.drawn_from is None]
        blocks = {entry.drawn_from for entry in given.values() if entry.drawn_from}
        async with self._transaction() as connection:
            await connection.execute(sql.KEEP_BUDGETS)
            locked = await connection.execute(sql.LOCK_BUDGETS, filter_of(reservations))
            stored = await connection.execute(sql.SETTLE, columns_of_entries(list(given.values())))
            kept = await connection.execute(sql.LOCK_RESERVATIONS, {"ids": [*alone, *blocks]})
            await connection.execute(sql.TAKE_BACK, {"ids": alone})
            budgets = [budget_of_row(row) for row in await locked.fetchall()]
            spent = [given[row[0]] for row in await stored.fetchall()]
            there = {row[0]: row for row in await kept.fetchall()}
            drawn = [entry for entry in spent if entry.drawn_from in there]
            if drawn:
                await connection.execute(sql.DRAW, columns_of_parts(drawn))
            whole = [_left_of(given[id_].reservation, there[id_]) for id_ in alone if id_ in there]
            gone = [*whole, *(entry.reservation for entry in drawn)]
            await _count_settled(connection, spent, gone, budgets=budgets)

    async def release(self, reservations: Sequence[Reservation]) -> None:
        """Take back reservations of calls that were never made."""
        await self._take_back(reservations)

    async def expire(self, now: datetime) -> int:
        """Take back all reservations whose time has passed, a thousand a transaction, and return how many."""
        count = 0
        while True:
            async with self._database.connection() as connection:
                cursor = await connection.execute(sql.EXPIRED, {"now": now, "limit": _EXPIRED_A_TIME})
                expired = [reservation_of_row(row) for row in await cursor.fetchall()]
            count += await self._take_back(expired)
            if len(expired) < _EXPIRED_A_TIME:
                return count

    async def set_budget(self, budget: Budget, *, now: datetime) -> None:
        """Add a budget, or put it in the place of the one with its id."""
        first_day = period_start(budget.period, now)
        given = {
            "id": budget.id,
            "is_tokens": budget.unit is BudgetUnit.TOKENS,
            "tenant": name_of(budget.tenant),
            "scope": budget.scope.value,
            "value": name_of(budget.value),
            "period": budget.period.value,
            "first_day": first_day,
            "since": datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC),
        }
        async with self._transaction() as connection:
            await connection.execute(sql.CHANGE_BUDGETS)
            await connection.execute(sql.SET_BUDGET, values_of_budget(budget))
            await connection.execute(sql.FORGET_COUNTERS, (budget.id,))
            await connection.execute(sql.COUNT_ANEW, given)

    async def budgets(self, tenant: str) -> list[Budget]:
        """List a tenant's budgets by id."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(sql.BUDGETS, (name_of(tenant),))
            return [budget_of_row(row) for row in await cursor.fetchall()]

    async def tenants_with_budgets(self) -> list[str]:
        """List the tenants that have a budget, sorted."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(sql.TENANTS)
            return [tenant for (tenant,) in await cursor.fetchall()]

    async def delete_budget(self, budget_id: BudgetId) -> None:
        """Remove a budget; raise `NOT_FOUND` where there is none."""
        async with self._transaction() as connection:
            await connection.execute(sql.CHANGE_BUDGETS)
            cursor = await connection.execute(sql.DELETE_BUDGET, (name_of(budget_id),))
        if not cursor.rowcount:
            raise not_found(f"There is no budget {budget_id}.")

    async def standing(self, tenant: str, *, now: datetime) -> list[BudgetStanding]:
        """Return how each of a tenant's budgets stands in the period that `now` is in, by id."""
        given = {
            "tenant": name_of(tenant),
            "day": period_start(BudgetPeriod.DAILY, now),
            "month": period_start(BudgetPeriod.MONTHLY, now),
            "total": period_start(BudgetPeriod.TOTAL, now),
        }
        async with self._database.connection() as connection:
            rows = await (await connection.execute(sql.STANDING, given)).fetchall()
        budgets = [(budget_of_row(row), Counter(row[8], row[9])) for row in rows]
        return [standing_of(budget, counter_key(budget, now), counter) for budget, counter in budgets]

    async def totals(
        self,
        tenant: str,
        *,
        group_by: Grouping,
        since: datetime,
        until: datetime,
    ) -> list[UsageTotal]:
        """Add up the settled calls that were reserved from `since` to just before `until`, sorted by key."""
        given = {
            "tenant": name_of(tenant),
            "since": since,
            "until": until,
            "first_hour": -(-(since - _EPOCH) // _HOUR) * _HOUR + _EPOCH,
            "end_hour": (until - _EPOCH) // _HOUR * _HOUR + _EPOCH,
        }
        async with self._database.connection() as connection:
            rows = await (await connection.execute(sql.TOTALS[group_by], given)).fetchall()
        return [total_of_row(row) for row in rows]

    async def roll_up(self, until: datetime) -> list[UsageTotal]:
        """Add settled calls from before `until` to the hours they belong to, ten thousand a transaction."""
        added_up: list[UsageTotal] = []
        while True:
            async with self._database.connection() as connection:
                cursor = await connection.execute(sql.ROLL_UP, {"until": until, "limit": _ENTRIES_A_ROLL_UP})
                taken = [total_of_row(row) for row in await cursor.fetchall()]
            added_up = join_totals([*added_up, *taken])
            if sum(total.calls for total in taken) < _ENTRIES_A_ROLL_UP:
                return added_up

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[_Connection]:
        """Begin a transaction whose statements are sent together until one of their answers is wanted."""
        async with self._database.connection() as connection, connection.pipeline(), connection.transaction():
            yield connection

    async def _take_back(self, reservations: Sequence[Reservation]) -> int:
        if not reservations:
            return 0
        given = {each.id: each for each in reservations}
        async with self._transaction() as connection:
            await connection.execute(sql.KEEP_BUDGETS)
            locked = await connection.execute(sql.LOCK_BUDGETS, filter_of(reservations))
            left = await connection.execute(sql.LOCK_RESERVATIONS, {"ids": list(given)})
            await connection.execute(sql.TAKE_BACK, {"ids": list(given)})
            budgets = [budget_of_row(row) for row in await locked.fetchall()]
            taken_back = [_left_of(given[row[0]], row) for row in await left.fetchall()]
            await _count_settled(connection, [], taken_back, budgets=budgets)
        return len(taken_back)


def _left_of(reservation: Reservation, row: Sequence[Any]) -> Reservation:
    """Return what is left of a reservation that calls may have been drawn from."""
    return dataclasses.replace(reservation, estimated_tokens=row[1], estimated_cost=row[2])


async def _count_settled(
    connection: _Connection,
    spent: Iterable[UsageEntry],
    taken_back: Iterable[Reservation],
    *,
    budgets: Sequence[Budget],
) -> None:
    changes = added(
        changes_of_spending(spent, budgets=budgets),
        changes_of_taking_back(taken_back, budgets=budgets),
    )
    await _count(connection, changes)


async def _count(connection: _Connection, changes: Mapping[CounterKey, Counter]) -> None:
    if changes:
        await connection.execute(sql.COUNT, columns_of_counters(changes))
