"""What the platform is at, and its panels over time."""

import asyncio
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec
from litestar import Request, Response, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.read_panel import read_panel
from textnlp.application.show_figures import show_figures
from textnlp.console.charts import Series
from textnlp.console.live import live_part
from textnlp.console.page import page, render
from textnlp.console.query import read_filters
from textnlp.domain.telemetry.panel_series import PanelLine, PanelSeries
from textnlp.topology.panels import PANELS
from textnlp.topology.scopes import ADMIN

_MONITOR = "/console/monitor"
_SECTION = "monitor"
_MOST_LINES = 8
_MILLISECONDS = 1000.0
_UNITS = {"s": "ms", "1": ""}


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
        panels=[(series.panel, _unit(series), _series_of(series)) for series in panels],
        **await _present(request),
    )


@get(f"{_MONITOR}/live", opt=described(grant=ADMIN))
async def follow_figures(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send the figures of the present whenever they change."""
    platform = services_of(request.scope).platform

    async def look() -> tuple[str, bool]:
        return render(request, "monitor/present.html", **await _present(request)), False

    return live_part(look, platform.clock)


async def _present(request: Request[Any, Any, Any]) -> dict[str, Any]:
    platform = services_of(request.scope).platform
    view = await show_figures(platform.telemetry_ports.reader, platform.batch_ports.ledger, clock=platform.clock)
    return {"figures": view.figures, "batches": view.batches}


def _unit(series: PanelSeries) -> str:
    unit = series.panel.metric.unit
    return _UNITS.get(unit, unit.strip("{}") + "s" if unit.startswith("{") else unit)


def _series_of(series: PanelSeries) -> list[Series]:
    """Return the lines that are drawn: those that say most, where there are too many to be told apart."""
    lines = sorted(series.lines, key=_greatest, reverse=True)[:_MOST_LINES]
    scale = _MILLISECONDS if series.panel.metric.unit == "s" else 1.0
    return [
        Series(
            name=_name(line, has_measures=len(series.panel.measures) > 1),
            points=[
                (at, None if value is None else value * scale)
                for at, value in zip(series.times, line.values, strict=True)
            ],
        )
        for line in lines
    ]


def _name(line: PanelLine, *, has_measures: bool) -> str:
    parts = [line.split, line.measure.value if has_measures or not line.split else ""]
    return " ".join(part for part in parts if part)


def _greatest(line: PanelLine) -> float:
    return max((value for value in line.values if value is not None), default=0.0)


PAGES = (show_monitor, follow_figures)
