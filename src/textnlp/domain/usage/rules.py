"""Which calls fit the budgets, and how the counters of the budgets move."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.budget import Budget, BudgetStanding, BudgetUnit, next_period, period_start
from textnlp.domain.usage.entry import Reservation, UsageEntry


class CounterKey(NamedTuple):
    """A budget in one of its periods."""

    budget_id: BudgetId
    period_start: date


class Counter(NamedTuple):
    """What is used up of a budget in one period, or by how much that changes, in the budget's unit."""

    spent: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)

    def plus(self, other: "Counter") -> "Counter":
        """Add a change."""
        return Counter(self.spent + other.spent, self.reserved + other.reserved)


NO_COUNTER = Counter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reservation that does not fit, with how the budget stood that it would have gone beyond."""

    reservation: Reservation
    standing: BudgetStanding

    def error(self) -> TextNLPError:
        """Build `LIMIT_REACHED` with the budget's id as the limit's name, and when the budget begins anew."""
        budget = self.standing.budget
        at = self.reservation.created_at
        renewal = next_period(budget.period, at)
        unit = "USD" if budget.unit is BudgetUnit.USD else "tokens"
        wait = "" if renewal is None else f", or wait until it begins anew at {renewal:%Y-%m-%d %H:%M} UTC"
        return TextNLPError(
            f"The {budget.period.value} budget of {budget.scope.value} {budget.value}, {budget.limit:f} {unit}, "
            f"has {self.standing.left:f} left; the call may use {budget.reserved_by(self.reservation):f}.",
            kind=ErrorKind.LIMIT_REACHED,
            facts=ErrorFacts(
                hint=f"Raise the budget{wait}.",
                limit_name=budget.id,
                retry_after_seconds=None if renewal is None else (renewal - at).total_seconds(),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Which reservations of a group fit, which do not, and by how much the counters change."""

    admitted: Sequence[Reservation]
    refusals: Sequence[Refusal]
    changes: Mapping[CounterKey, Counter]


def admit(
    reservations: Iterable[Reservation],
    *,
    budgets: Sequence[Budget],
    counters: Mapping[CounterKey, Counter],
) -> Admission:
    """Decide about reservations in their order, each with what those before it have set aside.

    One is refused when what is spent, what is reserved and its own part would go beyond a budget; it then takes
    nothing, and a smaller one after it may fit. One that adds nothing to a budget is never refused for it. For a block
    of calls the budget ends where it warns.
    """
    admitted: list[Reservation] = []
    refusals: list[Refusal] = []
    changes: dict[CounterKey, Counter] = {}
    for reservation in reservations:
        parts = [
            (budget, counter_key(budget, reservation.created_at), budget.reserved_by(reservation))
            for budget in budgets
            if budget.applies_to(reservation)
        ]
        for budget, key, amount in parts:
            counter = counters.get(key, NO_COUNTER).plus(changes.get(key, NO_COUNTER))
            if amount and counter.spent + counter.reserved + amount > budget.limit_for(reservation):
                refusals.append(Refusal(reservation=reservation, standing=standing_of(budget, key, counter)))
                break
        else:
            admitted.append(reservation)
            for _, key, amount in parts:
                changes[key] = changes.get(key, NO_COUNTER).plus(Counter(reserved=amount))
    return Admission(admitted=admitted, refusals=refusals, changes=changes)


def changes_of_taking_back(
    reservations: Iterable[Reservation],
    *,
    budgets: Sequence[Budget],
) -> dict[CounterKey, Counter]:
    """Return how counters change when reservations are gone."""
    changes: dict[CounterKey, Counter] = {}
    for reservation in reservations:
        for budget in budgets:
            if budget.applies_to(reservation):
                key = counter_key(budget, reservation.created_at)
                change = Counter(reserved=-budget.reserved_by(reservation))
                changes[key] = changes.get(key, NO_COUNTER).plus(change)
    return changes


def changes_of_spending(entries: Iterable[UsageEntry], *, budgets: Sequence[Budget]) -> dict[CounterKey, Counter]:
    """Return how counters change when calls have used what they did."""
    changes: dict[CounterKey, Counter] = {}
    for entry in entries:
        for budget in budgets:
            if budget.applies_to(entry.reservation):
                key = counter_key(budget, entry.reservation.created_at)
                changes[key] = changes.get(key, NO_COUNTER).plus(Counter(spent=budget.spent_by(entry)))
    return changes


def without(block: Reservation, call: Reservation) -> Reservation:
    """Return a block of calls after the part of one of them is taken out."""
    cost = block.estimated_cost
    return dataclasses.replace(
        block,
        estimated_tokens=block.estimated_tokens - call.estimated_tokens,
        estimated_cost=None if cost is None else cost - (call.estimated_cost or Decimal(0)),
    )


def added(one: Mapping[CounterKey, Counter], other: Mapping[CounterKey, Counter]) -> dict[CounterKey, Counter]:
    """Add counters up by budget and period."""
    return {key: one.get(key, NO_COUNTER).plus(other.get(key, NO_COUNTER)) for key in {**one, **other}}


def counter_key(budget: Budget, at: datetime) -> CounterKey:
    """Return where calls made at `at` are counted."""
    return CounterKey(budget.id, period_start(budget.period, at))


def standing_of(budget: Budget, key: CounterKey, counter: Counter) -> BudgetStanding:
    """Return how a budget stands in one period."""
    return BudgetStanding(
        budget=budget,
        period_start=key.period_start,
        spent=counter.spent,
        reserved=counter.reserved,
    )
