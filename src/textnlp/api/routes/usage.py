"""Usage by day, model, caller or batch, and the budgets over it."""

import csv
import io
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from textnlp.api.caller import principal_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.usage_report import (
    BudgetCreate,
    BudgetRead,
    BudgetsRead,
    UsageGroupRead,
    UsageQuery,
    UsageReport,
    read_budget,
    read_group,
)
from textnlp.api.text_fields import read_query
from textnlp.application.show_budgets import show_budgets
from textnlp.domain.identifiers import BudgetId, new_budget_id
from textnlp.topology.scopes import ADMIN, READ

_USAGE = "/api/v1/usage"
_BUDGETS = "/api/v1/budgets"
_CSV = "text/csv"
_CSV_EXAMPLE = (
    "model,calls,failed,cancelled,unpriced,prompt_tokens,completion_tokens,cached_tokens,reasoning_tokens,cost_usd\r\n"
    "smollm2-135m,24,1,0,0,336,504,0,0,0\r\n"
)
_COLUMNS = (
    *("calls", "failed", "cancelled", "unpriced"),
    *("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "cost_usd"),
)


@get(
    _USAGE,
    summary="Show what was used",
    opt=described(grant=READ, query=UsageQuery, answer=UsageReport, media_type=_CSV, media_example=_CSV_EXAMPLE),
)
async def show_usage(request: Request[Any, Any, Any]) -> Response[Any]:
    """Add up the settled calls of the caller's tenant; with `format` csv as a table."""
    query = read_query(request, UsageQuery)
    platform = services_of(request.scope).platform
    since, until = query.moments(platform.clock.now())
    totals = await platform.gateway.usage.totals(
        principal_of(request.scope).tenant,
        group_by=query.by,
        since=since,
        until=until,
    )
    groups = [read_group(total) for total in totals]
    if query.format == "csv":
        return Response(_table(query.by.value, groups), media_type=_CSV)
    return Response(UsageReport(by=query.by, since=since, until=until, groups=groups))


@get(_BUDGETS, summary="List budgets", opt=described(grant=READ, answer=BudgetsRead))
async def list_budgets(request: Request[Any, Any, Any]) -> BudgetsRead:
    """List the budgets of the caller's tenant, how each stands, and how fast it is being spent."""
    platform = services_of(request.scope).platform
    tenant = principal_of(request.scope).tenant
    shown = await show_budgets(platform.gateway.usage, tenant, now=platform.clock.now())
    return BudgetsRead(budgets=[read_budget(standing, pace) for standing, pace in shown])


@post(
    _BUDGETS,
    status_code=HTTPStatus.CREATED,
    summary="Set a budget",
    opt=described(grant=ADMIN, takes_idempotency_key=True, body=BudgetCreate, answer=BudgetRead),
)
async def set_budget(request: Request[Any, Any, Any]) -> BudgetRead:
    """Set a budget; what its present period has seen already counts towards it."""
    services = services_of(request.scope)
    asked = await read_document(request, BudgetCreate, max_bytes=services.limits.max_request_body_bytes)
    now = services.platform.clock.now()
    budget = asked.budget(new_budget_id(now), tenant=principal_of(request.scope).tenant)
    usage = services.platform.gateway.usage
    await usage.set_budget(budget, now=now)
    shown = await show_budgets(usage, budget.tenant, now=now)
    return next(read_budget(standing, pace) for standing, pace in shown if standing.budget.id == budget.id)


@delete(
    f"{_BUDGETS}/{{budget_id:str}}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a budget",
    opt=described(grant=ADMIN),
)
async def remove_budget(request: Request[Any, Any, Any], budget_id: FromPath[str]) -> None:
    """Remove a budget; calls are no longer refused for it."""
    await services_of(request.scope).platform.gateway.usage.delete_budget(BudgetId(budget_id))


def _table(by: str, groups: list[UsageGroupRead]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([by, *_COLUMNS])
    for group in groups:
        usage = group.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.reasoning_tokens)
        writer.writerow(
            [group.key or "", group.calls, group.failed, group.cancelled, group.unpriced, *tokens, group.cost]
        )
    return text.getvalue()
