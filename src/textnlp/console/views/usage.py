"""Usage by day, model, client or batch, and the budgets over it."""

from functools import reduce
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import principal_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.usage_report import BudgetCreate, UsageQuery
from textnlp.application.show_budgets import show_budgets
from textnlp.console.charts import Series
from textnlp.console.daily import by_day
from textnlp.console.page import page, send_on
from textnlp.console.query import read_filled_in, read_filters
from textnlp.domain.identifiers import BudgetId, new_budget_id
from textnlp.domain.usage.budget import BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.totals import Grouping, UsageTotal
from textnlp.topology.scopes import ADMIN, READ

_USAGE = "/console/usage"
_SECTION = "usage"
_LABELS = {Grouping.DAY: "Day", Grouping.MODEL: "Model", Grouping.CALLER: "Client", Grouping.BATCH: "Batch"}
_MOST_GROUPS = 200


@get(_USAGE, opt=described(grant=READ))
async def show_usage(request: Request[Any, Any, Any]) -> Response[str]:
    """Show what the tenant used in some days, drawn by day and added up, and how its budgets stand."""
    wanted = read_filters(request, UsageQuery)
    platform = services_of(request.scope).platform
    tenant, usage, now = principal_of(request.scope).tenant, platform.gateway.usage, platform.clock.now()
    since, until = wanted.moments(now)
    days = await usage.totals(tenant, group_by=Grouping.DAY, since=since, until=until)
    groups = (
        days if wanted.by is Grouping.DAY else await usage.totals(tenant, group_by=wanted.by, since=since, until=until)
    )
    largest = groups[::-1] if wanted.by is Grouping.DAY else sorted(groups, key=_tokens, reverse=True)[:_MOST_GROUPS]
    return page(
        request,
        "usage/show.html",
        section=_SECTION,
        title="Usage and budgets",
        by=wanted.by,
        labels=_LABELS,
        since=since.date(),
        until=wanted.until or now.date(),
        groups=largest,
        more=len(groups) - len(largest),
        total=reduce(UsageTotal.joined, days, UsageTotal(key=None)),
        tokens=[
            Series(name="Prompt", points=by_day(days, lambda total: total.usage.prompt_tokens, since, until)),
            Series(name="Completion", points=by_day(days, lambda total: total.usage.completion_tokens, since, until)),
        ],
        cost=[Series(name="Cost", points=by_day(days, lambda total: float(total.cost), since, until))],
        budgets=await show_budgets(usage, tenant, now=now),
        periods=list(BudgetPeriod),
        units=list(BudgetUnit),
        scopes=list(BudgetScope),
    )


@post(f"{_USAGE}/budgets", opt=described(grant=ADMIN))
async def set_budget(request: Request[Any, Any, Any]) -> Response[Any]:
    """Set a budget; what its present period has seen already counts towards it."""
    platform = services_of(request.scope).platform
    now = platform.clock.now()
    asked = await read_filled_in(request, BudgetCreate)
    budget = asked.budget(new_budget_id(now), tenant=principal_of(request.scope).tenant)
    await platform.gateway.usage.set_budget(budget, now=now)
    return send_on(request, _USAGE)


@post(f"{_USAGE}/budgets/{{budget_id:str}}/remove", opt=described(grant=ADMIN))
async def remove_budget(request: Request[Any, Any, Any], budget_id: FromPath[str]) -> Response[Any]:
    """Remove a budget; calls are no longer refused for it."""
    await services_of(request.scope).platform.gateway.usage.delete_budget(BudgetId(budget_id))
    return send_on(request, _USAGE)


def _tokens(total: UsageTotal) -> int:
    return total.usage.total_tokens


PAGES = (show_usage, set_budget, remove_budget)
