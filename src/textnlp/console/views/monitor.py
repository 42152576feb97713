"""What the platform is at, and its panels over time."""

import asyncio
import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from litestar import Request, Response, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.list_log_lines import list_log_lines
from textnlp.application.read_panel import read_panel
from textnlp.application.show_figures import show_figures
from textnlp.console.live import live_part
from textnlp.console.page import page, render
from textnlp.console.panel_lines import panel_lines, panel_unit
from textnlp.console.query import read_filters
from textnlp.domain.telemetry.log_lines import LineFilter
from textnlp.topology.panels import PANELS
from textnlp.topology.scopes import ADMIN

_MONITOR = "/console/monitor"
_SECTION = "monitor"
_MOST_LINES = 20


class Span(StrEnum):
    """How far back panels look."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"


_STRETCHES = {
    Span.HOUR: (timedelta(hours=1), 60, "the last hour"),
    Span.DAY: (timedelta(days=1), None, "the last 24 hours"),
    Span.WEEK: (timedelta(days=7), 3600, "the last 7 days"),
}
"""Length, seconds of a point where the panel's own are too few or too many, and how people call it."""


class MonitorFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How far back is looked."""

    span: Span = Span.DAY


@get(_MONITOR, opt=described(grant=ADMIN))
async def show_monitor(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the figures of the present, and every panel that the topology declares."""
    wanted = read_filters(request, MonitorFilter)
    platform = services_of(request.scope).platform
    reader, now = platform.telemetry_ports.reader, platform.clock.now()
    length, bin_seconds, _ = _STRETCHES[wanted.span]
    panels = await asyncio.gather(
        *(read_panel(reader, panel, since=now - length, until=now, bin_seconds=bin_seconds) for panel in PANELS)
    )
    return page(
        request,
        "monitor/show.html",
        section=_SECTION,
        title="Monitor",
        is_kept=platform.telemetry_ports.is_kept,
        spans={span: told for span, (_, _, told) in _STRETCHES.items()},
        span=wanted.span,
        panels=[(series.panel, panel_unit(series.panel), panel_lines(series)) for series in panels],
        lines=(await list_log_lines(reader, _warnings(now - length, now))).lines,
        **await _present(request),
    )


@get(f"{_MONITOR}/live", opt=described(grant=ADMIN))
async def follow_figures(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send the figures of the present whenever they change."""
    platform = services_of(request.scope).platform

    async def look() -> tuple[str, bool]:
        return render(request, "monitor/present.html", **await _present(request)), False

    return await live_part(look, platform.clock)


async def _present(request: Request[Any, Any, Any]) -> dict[str, Any]:
    platform = services_of(request.scope).platform
    view = await show_figures(platform.telemetry_ports.reader, platform.batch_ports.ledger, clock=platform.clock)
    return {"figures": view.figures, "batches": view.batches}


def _warnings(since: datetime, until: datetime) -> LineFilter:
    return LineFilter(since=since, until=until, least_level=logging.WARNING, limit=_MOST_LINES)


PAGES = (show_monitor, follow_figures)
