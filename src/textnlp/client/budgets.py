# Made from the OpenAPI document. To renew: make reference
"""The operations around budgets, and the models."""

import datetime as dt
from decimal import Decimal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


class BudgetPeriod(OpenEnum):
    """How often a budget begins anew, by the calendar in UTC; a total never does."""

    DAILY = "daily"
    MONTHLY = "monthly"
    TOTAL = "total"


class BudgetScope(OpenEnum):
    """Whose calls a budget counts."""

    BATCH = "batch"
    CALLER = "caller"
    TENANT = "tenant"


class BudgetUnit(OpenEnum):
    """What a budget counts."""

    TOKENS = "tokens"
    USD = "usd"


class BudgetCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A budget to be kept: calls that do not fit into it are refused.

    Attributes:
        limit: US dollars or tokens a period.
        value: the caller or batch that the scope means; the tenant itself where unset.
        tenant: whose it is; the caller's own where unset.
        warn_share: part of the limit from which it shows a warning.
    """

    scope: BudgetScope | None = None
    period: BudgetPeriod
    unit: BudgetUnit
    limit: Decimal
    value: str | None = None
    tenant: str | None = None
    warn_share: float | None = None


class BudgetRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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
    period_start: dt.date
    spent: Decimal
    reserved: Decimal
    left: Decimal
    is_warning: bool
    spent_per_hour: Decimal
    used_up_at: dt.datetime | None


class BudgetsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All budgets of a tenant."""

    budgets: list[BudgetRead]


class Budgets:
    """The operations around budgets, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> BudgetsRead:
        """List the budgets of the caller's tenant, how each stands, and how fast it is being spent."""
        return self._transport.decoded(_list(), BudgetsRead)

    def set(self, body: BudgetCreate) -> BudgetRead:
        """Set a budget; what its present period has seen already counts towards it."""
        return self._transport.decoded(_set(body), BudgetRead)

    def remove(self, budget_id: str) -> None:
        """Remove a budget; calls are no longer refused for it."""
        self._transport.done(_remove(budget_id))


class AsyncBudgets:
    """The operations around budgets, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self) -> BudgetsRead:
        """List the budgets of the caller's tenant, how each stands, and how fast it is being spent."""
        return await self._transport.decoded(_list(), BudgetsRead)

    async def set(self, body: BudgetCreate) -> BudgetRead:
        """Set a budget; what its present period has seen already counts towards it."""
        return await self._transport.decoded(_set(body), BudgetRead)

    async def remove(self, budget_id: str) -> None:
        """Remove a budget; calls are no longer refused for it."""
        await self._transport.done(_remove(budget_id))


def _list() -> Call:
    return Call(method="GET", path="/api/v1/budgets")


def _set(body: BudgetCreate) -> Call:
    return Call(method="POST", path="/api/v1/budgets", body=body, takes_key=True)


def _remove(budget_id: str) -> Call:
    return Call(method="DELETE", path=f"/api/v1/budgets/{segment(budget_id)}")
