"""Budgets: how much a tenant, a caller or a batch may use in a period."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.entry import Reservation, UsageEntry

_START_OF_TOTAL = date(1970, 1, 1)
_ZERO = Decimal(0)
_MOST = Decimal(10**15)
_MOST_DECIMALS = 9
_LONGEST_NAME_CHARACTERS = 128


class BudgetScope(StrEnum):
    """Whose calls a budget counts."""

    TENANT = "tenant"
    CALLER = "caller"
    BATCH = "batch"


class BudgetPeriod(StrEnum):
    """How often a budget begins anew, by the calendar in UTC; a total never does."""

    DAILY = "daily"
    MONTHLY = "monthly"
    TOTAL = "total"


class BudgetUnit(StrEnum):
    """What a budget counts."""

    USD = "usd"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be used in a period.

    Raises `INVALID_INPUT` with the field for a limit that is no number from 0 to 10^15 or has more than 9 decimals,
    parts of a token, a share outside 0 to 1, and a tenant or value that is empty, longer than 128 characters or not
    printable.

    Attributes:
        tenant: whose budget it is; callers and batches of other tenants do not count, even of the same name.
        value: the tenant, the caller or the batch id that the scope means.
        limit: USD or tokens; a limit of 0 lets no call through that would use any.
        warn_share: the part of the limit from which people are told.
    """

    id: BudgetId
    tenant: str
    scope: BudgetScope
    value: str
    period: BudgetPeriod
    unit: BudgetUnit
    limit: Decimal
    warn_share: float = 0.8

    def __post_init__(self) -> None:
        """Refuse what cannot be kept to."""
        _require_name(self.tenant, field="tenant")
        _require_name(self.value, field="value")
        if self.scope is BudgetScope.TENANT and self.value != self.tenant:
            raise invalid_input("value: the budget of a tenant is for the tenant itself.", field="value")
        if not self.limit.is_finite() or not 0 <= self.limit <= _MOST:
            raise invalid_input("limit: must be a number from 0 to 10^15.", field="limit")
        if self.limit != round(self.limit, _MOST_DECIMALS):
            raise invalid_input(f"limit: has more than {_MOST_DECIMALS} decimals.", field="limit")
        if self.unit is BudgetUnit.TOKENS and self.limit != self.limit.to_integral_value():
            raise invalid_input("limit: tokens are whole.", field="limit")
        if not (math.isfinite(self.warn_share) and 0 < self.warn_share <= 1):
            raise invalid_input("warn_share: must be above 0 and at most 1.", field="warn_share")

    def applies_to(self, reservation: Reservation) -> bool:
        """Whether a call counts towards the budget."""
        if reservation.tenant != self.tenant:
            return False
        if self.scope is BudgetScope.CALLER:
            return reservation.caller == self.value
        return self.scope is BudgetScope.TENANT or reservation.batch_id == self.value

    def limit_for(self, reservation: Reservation) -> Decimal:
        """Return how far a reservation may go: to the limit, or for a block of calls to where the budget warns."""
        return self.limit if reservation.calls == 1 else self.limit * Decimal(str(self.warn_share))

    def reserved_by(self, reservation: Reservation) -> Decimal:
        """Return what a reservation sets aside, in the budget's unit."""
        if self.unit is BudgetUnit.TOKENS:
            return Decimal(reservation.estimated_tokens)
        return reservation.estimated_cost or _ZERO

    def spent_by(self, entry: UsageEntry) -> Decimal:
        """Return what a settled call used, in the budget's unit."""
        if self.unit is BudgetUnit.TOKENS:
            return Decimal(entry.usage.total_tokens)
        return entry.cost or _ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStanding:
    """How much of a budget is used up in the period that began on `period_start`, in the budget's unit."""

    budget: Budget
    period_start: date
    spent: Decimal = _ZERO
    reserved: Decimal = _ZERO

    @property
    def share(self) -> float:
        """The part of the limit that is spent or reserved; above 1 where calls used more than they had reserved."""
        used = self.spent + self.reserved
        if not self.budget.limit:
            return 1.0
        return float(used / self.budget.limit)

    @property
    def is_warning(self) -> bool:
        """Whether people are to be told."""
        return self.share >= self.budget.warn_share

    @property
    def left(self) -> Decimal:
        """What a further call may reserve, never below zero."""
        return max(_ZERO, self.budget.limit - self.spent - self.reserved)


def period_start(period: BudgetPeriod, at: datetime) -> date:
    """Return the first day, in UTC, of the period that `at` is in; of a total, 1970-01-01."""
    day = at.astimezone(UTC).date()
    if period is BudgetPeriod.DAILY:
        return day
    return day.replace(day=1) if period is BudgetPeriod.MONTHLY else _START_OF_TOTAL


def next_period(period: BudgetPeriod, at: datetime) -> datetime | None:
    """Return when the period after the one that `at` is in begins, or None for a total."""
    if period is BudgetPeriod.TOTAL:
        return None
    first = period_start(period, at)
    following = first + timedelta(days=1) if period is BudgetPeriod.DAILY else _first_of_next_month(first)
    return datetime(following.year, following.month, following.day, tzinfo=UTC)


def _require_name(name: str, *, field: str) -> None:
    if not (0 < len(name) <= _LONGEST_NAME_CHARACTERS and name.isprintable()):
        raise invalid_input(f"{field}: must have 1 to {_LONGEST_NAME_CHARACTERS} printable characters.", field=field)


def _first_of_next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
