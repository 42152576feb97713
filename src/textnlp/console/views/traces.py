"""Traces: found by what they were, and one drawn as a waterfall across processes."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.list_traces import TracePage, list_traces
from textnlp.application.read_trace import read_trace
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.domain.telemetry.spans import TraceFilter, TracePlace, TraceStatus
from textnlp.topology.scopes import ADMIN
from textnlp.topology.telemetry_store import TELEMETRY_STORE

_TRACES = "/console/traces"
_SECTION = "traces"
_A_PAGE = 50
_MICROSECONDS = 1000


class TraceQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which traces are listed: named so, ended so, at least so many milliseconds long; older than a place."""

    name: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    status: TraceStatus | None = None
    least_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] = 0
    before: datetime | None = None
    span: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")] | None = None

    def wanted(self, now: datetime) -> TraceFilter:
        """Return it as the store is asked, over all the days that are kept."""
        before = None
        if self.before is not None and self.span is not None:
            before = TracePlace(began_at=self.before, span_id=self.span)
        return TraceFilter(
            since=now - timedelta(days=TELEMETRY_STORE.span_days),
            until=now + timedelta(seconds=1),
            name=self.name,
            status=self.status,
            least_duration_us=self.least_ms * _MICROSECONDS,
            before=before,
            limit=_A_PAGE,
        )


@get(_TRACES, opt=described(grant=ADMIN))
async def list_found(request: Request[Any, Any, Any]) -> Response[str]:
    """Show traces, newest first."""
    asked = read_filters(request, TraceQuery)
    platform = services_of(request.scope).platform
    found = await list_traces(platform.telemetry_ports.reader, asked.wanted(platform.clock.now()))
    return page(
        request,
        "traces/list.html",
        section=_SECTION,
        title="Traces",
        asked=asked,
        statuses=list(TraceStatus),
        traces=found.traces,
        is_kept=platform.telemetry_ports.is_kept,
        first=_address(asked, None) if asked.before else None,
        more=_address(asked, found) if found.next else None,
    )


@get(f"{_TRACES}/{{trace_id:str}}", opt=described(grant=ADMIN))
async def show_trace(request: Request[Any, Any, Any], trace_id: FromPath[str]) -> Response[str]:
    """Show one trace: every span where it stands in time, and what was logged on its behalf."""
    view = await read_trace(services_of(request.scope).platform.telemetry_ports.reader, trace_id)
    root = view.waterfall.spans[0].span
    return page(
        request,
        "traces/show.html",
        section=_SECTION,
        title=root.name,
        root=root,
        drawn=view.waterfall,
        lines=view.lines,
    )


def _address(asked: TraceQuery, found: TracePage | None) -> str:
    fields: dict[str, str] = {"name": asked.name or "", "status": asked.status or "", "least_ms": str(asked.least_ms)}
    if found is not None and found.next is not None:
        fields |= {"before": found.next.began_at.isoformat(), "span": found.next.span_id}
    return f"{_TRACES}?{urlencode({name: value for name, value in fields.items() if value and value != '0'})}"


PAGES = (list_found, show_trace)
