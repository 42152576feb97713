"""What was used, and the budgets over it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetStanding, BudgetUnit
from textnlp.domain.usage.pace import Pace
from textnlp.domain.usage.totals import Grouping, UsageTotal

_DAYS_SHOWN = 30


class UsageQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which usage: that of the days from `since` to `until`, both included, in UTC; the last 30 where unset."""

    by: Grouping = Grouping.DAY
    since: date | None = None
    until: date | None = None
    format: Literal["json", "csv"] = "json"

    EXAMPLE: ClassVar[dict[str, Any]] = {"by": "model", "since": "2026-03-01", "until": "2026-03-31", "format": "json"}

    def moments(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first moment that is asked for, and the first one after."""
        last = self.until or now.astimezone(UTC).date()
        first = self.since or last - timedelta(days=_DAYS_SHOWN - 1)
        midnight = time(tzinfo=UTC)
        return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)


class UsageGroupRead(msgspec.Struct, kw_only=True):
    """The calls of one day, model, caller or batch.

    Attributes:
        cost: US dollars of the calls whose price is known.
        unpriced: calls whose price is not known.
    """

    key: str | None
    calls: int
    failed: int
    cancelled: int
    unpriced: int
    usage: UsageRead
    cost: Decimal


class UsageReport(msgspec.Struct, kw_only=True):
    """Usage, group by group."""

    by: Grouping
    since: datetime
    until: datetime
    groups: list[UsageGroupRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "by": "model",
        "since": "2026-03-01T00:00:00Z",
        "until": "2026-04-01T00:00:00Z",
        "groups": [
            {
                "key": "smollm2-135m",
                "calls": 24,
                "failed": 1,
                "cancelled": 0,
                "unpriced": 0,
                "usage": UsageRead.EXAMPLE,
                "cost": "0",
            },
        ],
    }


class BudgetCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A budget to be kept: calls that do not fit into it are refused.

    Attributes:
        tenant: whose it is; the caller's own where unset.
        value: the caller or batch that the scope means; the tenant itself where unset.
        limit: US dollars or tokens a period.
        warn_share: part of the limit from which it shows a warning.
    """

    scope: BudgetScope = BudgetScope.TENANT
    period: BudgetPeriod
    unit: BudgetUnit
    limit: Decimal
    value: str | None = None
    tenant: str | None = None
    warn_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.8

    EXAMPLE: ClassVar[dict[str, Any]] = {"period": "monthly", "unit": "usd", "limit": "250"}

    def budget(self, budget_id: BudgetId, *, tenant: str) -> Budget:
        """Return the budget; raise `INVALID_INPUT` for one that cannot be kept to."""
        owner = self.tenant or tenant
        return Budget(
            id=budget_id,
            tenant=owner,
            scope=self.scope,
            value=self.value or owner,
            period=self.period,
            unit=self.unit,
            limit=self.limit,
            warn_share=self.warn_share,
        )


class BudgetRead(msgspec.Struct, kw_only=True):
    """A budget and how it stands in its present period, in its unit.

    Attributes:
        spent_per_hour: what the last hour's calls used.
        used_up_at: when nothing is left at that pace; null where the period ends before.
    """

    id: str
    tenant: str
    scope: BudgetScope
    value: str
    period: BudgetPeriod
    unit: BudgetUnit
    limit: Decimal
    warn_share: float
    period_start: date
    spent: Decimal
    reserved: Decimal
    left: Decimal
    is_warning: bool
    spent_per_hour: Decimal
    used_up_at: datetime | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "budget_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "tenant": "local",
        "scope": "tenant",
        "value": "local",
        "period": "monthly",
        "unit": "usd",
        "limit": "250",
        "warn_share": 0.8,
        "period_start": "2026-03-01",
        "spent": "12.5",
        "reserved": "0.02",
        "left": "237.48",
        "is_warning": False,
        "spent_per_hour": "0.42",
        "used_up_at": None,
    }


class BudgetsRead(msgspec.Struct, kw_only=True):
    """All budgets of a tenant."""

    budgets: list[BudgetRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {"budgets": [BudgetRead.EXAMPLE]}


def read_group(total: UsageTotal) -> UsageGroupRead:
    """Show the calls of one group."""
    return UsageGroupRead(
        key=total.key,
        calls=total.calls,
        failed=total.failed,
        cancelled=total.cancelled,
        unpriced=total.unpriced,
        usage=read_usage(total.usage),
        cost=total.cost,
    )


def read_budget(standing: BudgetStanding, pace: Pace) -> BudgetRead:
    """Show a budget."""
    budget = standing.budget
    return BudgetRead(
        id=budget.id,
        tenant=budget.tenant,
        scope=budget.scope,
        value=budget.value,
        period=budget.period,
        unit=budget.unit,
        limit=budget.limit,
        warn_share=budget.warn_share,
        period_start=standing.period_start,
        spent=standing.spent,
        reserved=standing.reserved,
        left=standing.left,
        is_warning=standing.is_warning,
        spent_per_hour=pace.per_hour,
        used_up_at=pace.used_up_at,
    )
