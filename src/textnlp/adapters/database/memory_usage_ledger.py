"""The ledger of usage in memory, gone with the process."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from textnlp.domain.errors import not_found
from textnlp.domain.identifiers import BudgetId, UsageId
from textnlp.domain.usage.budget import Budget, BudgetStanding, period_start
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.domain.usage.rules import (
    NO_COUNTER,
    Counter,
    CounterKey,
    Refusal,
    added,
    admit,
    changes_of_spending,
    changes_of_taking_back,
    counter_key,
    standing_of,
    without,
)
from textnlp.domain.usage.totals import Grouping, UsageTotal, group_key, join_totals


class MemoryUsageLedger:
    """Satisfies the `UsageLedger` port; every method runs to its end without letting another in."""

    def __init__(self) -> None:
        self._budgets: dict[BudgetId, Budget] = {}
        self._counters: dict[CounterKey, Counter] = {}
        self._reservations: dict[UsageId, Reservation] = {}
        self._entries: dict[UsageId, UsageEntry] = {}
        self._rolled_up: set[UsageId] = set()

    async def reserve(self, reservations: Sequence[Reservation]) -> list[Refusal]:
        """Set aside what calls may use, one after the other; return those that do not fit a budget."""
        fresh = {
            each.id: each for each in reservations if each.id not in self._reservations and each.id not in self._entries
        }
        admission = admit(fresh.values(), budgets=_in_order(self._budgets), counters=self._counters)
        self._reservations.update((each.id, each) for each in admission.admitted)
        self._count(admission.changes)
        return list(admission.refusals)

    async def settle(self, entries: Sequence[UsageEntry]) -> None:
        """Store what calls used in the place of what was set aside for them."""
        fresh: dict[UsageId, UsageEntry] = {}
        for entry in entries:
            if entry.reservation.id not in self._entries:
                fresh.setdefault(entry.reservation.id, entry)
        self._entries.update(fresh)
        self._count(changes_of_spending(fresh.values(), budgets=_in_order(self._budgets)))
        self._take_back(entry.reservation for entry in entries)
        self._draw(fresh.values())

    async def release(self, reservations: Sequence[Reservation]) -> None:
        """Take back reservations of calls that were never made."""
        self._take_back(reservations)

    async def expire(self, now: datetime) -> int:
        """Take back all reservations whose time has passed, and return how many there were."""
        expired = [each for each in self._reservations.values() if each.expires_at <= now]
        self._take_back(expired)
        return len(expired)

    async def set_budget(self, budget: Budget, *, now: datetime) -> None:
        """Add a budget, or put it in the place of the one with its id."""
        self._forget(budget.id)
        self._budgets[budget.id] = budget
        first = period_start(budget.period, now)
        spent = changes_of_spending(self._entries.values(), budgets=[budget])
        taken_back = changes_of_taking_back(self._reservations.values(), budgets=[budget])
        reserved = {key: Counter(reserved=-change.reserved) for key, change in taken_back.items()}
        self._count({key: value for key, value in added(spent, reserved).items() if key.period_start >= first})

    async def budgets(self, tenant: str) -> list[Budget]:
        """List a tenant's budgets by id."""
        return [budget for budget in _in_order(self._budgets) if budget.tenant == tenant]

    async def tenants_with_budgets(self) -> list[str]:
        """List the tenants that have a budget, sorted."""
        return sorted({budget.tenant for budget in self._budgets.values()})

    async def delete_budget(self, budget_id: BudgetId) -> None:
        """Remove a budget; raise `NOT_FOUND` where there is none."""
        if budget_id not in self._budgets:
            raise not_found(f"There is no budget {budget_id}.")
        self._forget(budget_id)

    async def standing(self, tenant: str, *, now: datetime) -> list[BudgetStanding]:
        """Return how each of a tenant's budgets stands in the period that `now` is in, by id."""
        keys = [(budget, counter_key(budget, now)) for budget in await self.budgets(tenant)]
        return [standing_of(budget, key, self._counters.get(key, NO_COUNTER)) for budget, key in keys]

    async def totals(
        self,
        tenant: str,
        *,
        group_by: Grouping,
        since: datetime,
        until: datetime,
    ) -> list[UsageTotal]:
        """Add up the settled calls that were reserved from `since` to just before `until`, sorted by key."""
        return join_totals(
            UsageTotal(key=group_key(entry, group_by)).plus(entry)
            for entry in self._entries.values()
            if entry.reservation.tenant == tenant and since <= entry.reservation.created_at < until
        )

    async def roll_up(self, until: datetime) -> list[UsageTotal]:
        """Count settled calls from before `until` as added to their hours; the totals are added up from calls."""
        fresh = {id_ for id_, entry in self._entries.items() if entry.reservation.created_at < until} - self._rolled_up
        self._rolled_up |= fresh
        by_model = (self._entries[id_] for id_ in sorted(fresh))
        return join_totals(UsageTotal(key=group_key(entry, Grouping.MODEL)).plus(entry) for entry in by_model)

    def _count(self, changes: Mapping[CounterKey, Counter]) -> None:
        self._counters = added(self._counters, changes)

    def _take_back(self, reservations: Iterable[Reservation]) -> None:
        popped = [self._reservations.pop(each.id, None) for each in reservations]
        there = [known for known in popped if known is not None]
        self._count(changes_of_taking_back(there, budgets=_in_order(self._budgets)))

    def _draw(self, entries: Iterable[UsageEntry]) -> None:
        """Take the parts of calls out of the blocks that they were drawn from."""
        for entry in entries:
            block = self._reservations.get(entry.drawn_from) if entry.drawn_from else None
            if block is not None:
                self._reservations[block.id] = without(block, entry.reservation)
                self._count(changes_of_taking_back([entry.reservation], budgets=_in_order(self._budgets)))

    def _forget(self, budget_id: BudgetId) -> None:
        self._budgets.pop(budget_id, None)
        self._counters = {key: value for key, value in self._counters.items() if key.budget_id != budget_id}


def _in_order(budgets: Mapping[BudgetId, Budget]) -> list[Budget]:
    return [budgets[budget_id] for budget_id in sorted(budgets)]
