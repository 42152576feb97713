"""The first page: what runs, what needs somebody, and what was used of late."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get

from textnlp.api.caller import dataset_ports_of, ports_of, principal_of, review_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.look_at_queues import look_at_queues
from textnlp.application.show_budgets import show_budgets
from textnlp.console.page import page
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.datasets.stored_run import RunState, StoredRun
from textnlp.domain.review.model import ItemState
from textnlp.domain.usage.budget import BudgetUnit
from textnlp.domain.usage.totals import Grouping
from textnlp.domain.usage.unusual_cost import COMPARED_DAYS, unusual_day
from textnlp.topology.scopes import ADMIN, READ

_MOVING = (BatchState.INGESTING, BatchState.RUNNING, BatchState.FINALIZING, BatchState.CANCELLING)
_ENDED = (RunState.COMPLETED, RunState.STOPPED, RunState.CANCELLED, RunState.FAILED)
_OPEN = (ItemState.OPEN, ItemState.DISPUTED)
_MOST = 8
_MADE = 3
_LOOKED_AT = 50
_RECENT = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Something that needs somebody: how much of it, what it is, and where it is dealt with."""

    count: int
    what: str
    path: str


@get("/console", opt=described(grant=READ))
async def show_home(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the first page."""
    platform = services_of(request.scope).platform
    now = platform.clock.now()
    ledger = ports_of(request.scope).ledger
    moving, recent, running, made, wants, totals = await asyncio.gather(
        ledger.newest(states=_MOVING, limit=_LOOKED_AT),
        ledger.newest(limit=_LOOKED_AT),
        _running(request),
        _made(request),
        _wants(request, now),
        platform.gateway.usage.totals(
            principal_of(request.scope).tenant, group_by=Grouping.MODEL, since=now - _DAY, until=now
        ),
    )
    return page(
        request,
        "home.html",
        section="home",
        title="Home",
        moving=_submitted(moving),
        runs=running,
        made=made,
        wants=wants,
        totals=totals,
        recent=_submitted(recent),
        default_model=platform.default_model,
    )


def _submitted(batches: Sequence[Batch]) -> Sequence[Batch]:
    """Return batches that somebody submitted; those that make the rows of a dataset are shown as its run."""
    return [batch for batch in batches if batch.spec.round is None][:_MOST]


async def _running(request: Request[Any, Any, Any]) -> Sequence[StoredRun]:
    if services_of(request.scope).platform.datasets is None:
        return []
    return await dataset_ports_of(request.scope).store.running(limit=_MOST)


async def _made(request: Request[Any, Any, Any]) -> Sequence[StoredRun]:
    if services_of(request.scope).platform.datasets is None:
        return []
    return await dataset_ports_of(request.scope).store.newest(states=_ENDED, limit=_MADE)


async def _wants(request: Request[Any, Any, Any], now: datetime) -> Sequence[Want]:
    found = await asyncio.gather(
        _failed_batches(request, now),
        _reviews(request),
        _dead_letters(request),
        _budgets(request, now),
        _unusual_cost(request, now),
    )
    return [want for group in found for want in group]


async def _failed_batches(request: Request[Any, Any, Any], now: datetime) -> list[Want]:
    ended = await ports_of(request.scope).ledger.newest(
        states=(BatchState.COMPLETED, BatchState.FAILED), limit=_LOOKED_AT
    )
    return [
        Want(count=batch.counts.failed, what=f"failed rows in {batch.name}", path=f"/console/batches/{batch.id}")
        for batch in ended
        if batch.counts.failed and now - batch.created_at < _RECENT and batch.spec.round is None
    ][:_MOST]


async def _reviews(request: Request[Any, Any, Any]) -> list[Want]:
    store = review_ports_of(request.scope).store
    reviews = await store.newest(limit=_MOST)
    progress = await asyncio.gather(*(store.progress(review.id) for review in reviews))
    open_items = [sum(each.states.get(state, 0) for state in _OPEN) for each in progress]
    return [
        Want(count=count, what=f"rows to review in {review.document.name}", path=f"/console/reviews/{review.id}")
        for review, count in zip(reviews, open_items, strict=True)
        if count
    ]


async def _dead_letters(request: Request[Any, Any, Any]) -> list[Want]:
    if ADMIN not in principal_of(request.scope).grants:
        return []
    services = services_of(request.scope)
    looks = await look_at_queues(services.batch_ports.queue, now=services.platform.clock.now())
    return [
        Want(
            count=look.depth.dead_lettered,
            what=f"dead letters of {look.entity}",
            path=f"/console/queues/dead-letters?{urlencode({'entity': look.entity})}",
        )
        for look in looks
        if look.depth.dead_lettered
    ]


async def _unusual_cost(request: Request[Any, Any, Any], now: datetime) -> list[Want]:
    days = await services_of(request.scope).platform.gateway.usage.totals(
        principal_of(request.scope).tenant,
        group_by=Grouping.DAY,
        since=now - timedelta(days=COMPARED_DAYS + 1),
        until=now,
    )
    costs = {date.fromisoformat(total.key): total.cost for total in days if total.key is not None}
    found = unusual_day(costs, now.date())
    if found is None:
        return []
    return [Want(count=round(found.cost), what=f"USD today, where {found.usual:,.2f} is usual", path="/console/usage")]


async def _budgets(request: Request[Any, Any, Any], now: datetime) -> list[Want]:
    usage = services_of(request.scope).platform.gateway.usage
    shown = await show_budgets(usage, principal_of(request.scope).tenant, now=now)
    return [
        Want(
            count=round(100 * standing.share),
            what=f"% used of the {standing.budget.period} budget of "
            f"{standing.budget.limit:,} {'USD' if standing.budget.unit is BudgetUnit.USD else 'tokens'}",
            path="/console/usage",
        )
        for standing, _ in shown
        if standing.is_warning
    ]


PAGES = (show_home,)
