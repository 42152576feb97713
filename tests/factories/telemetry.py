"""Spans, lines of the log and figures, as processes would leave them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from textnlp.domain.telemetry.log_lines import LogLine
from textnlp.domain.telemetry.rollups import ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import SpanRecord
from textnlp.topology.metrics import Metric, MetricKind

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def span(number: int = 1, *, at: float = 0, **facts: Any) -> SpanRecord:
    """Return a request of 2 ms that began `at` seconds after noon."""
    told: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": f"{number:016x}",
        "name": "POST /api/v1/generate",
        "kind": "server",
        "process": "api",
        "instance": "host-1",
        "began_at": NOON + timedelta(seconds=at),
        "duration_us": 2_000,
        "result": 200,
        "is_root": True,
        "attributes": {"http.route": "/api/v1/generate", "http.response.status_code": 200},
    }
    return SpanRecord(**{**told, **facts})


def child(number: int, parent: int, *, at: float = 0, **facts: Any) -> SpanRecord:
    """Return a call that is part of a request."""
    told: dict[str, Any] = {"kind": "client", "name": "chat scripted", "result": None, "is_root": False}
    return span(number, at=at, **{**told, "parent_id": f"{parent:016x}", "attributes": {}, **facts})


def line(ordinal: int = 1, *, at: float = 0, **facts: Any) -> LogLine:
    """Return a line of the log that was written `at` seconds after noon."""
    told: dict[str, Any] = {"level": 20, "logger": "textnlp.api", "message": "It is so.", "process": "api"}
    told |= {"at": NOON + timedelta(seconds=at), "ordinal": ordinal, "instance": "host-1"}
    return LogLine(**{**told, **facts})


def rollup(metric: Metric, *dimensions: str, at: float = 0, seconds: float = 60, **facts: Any) -> Rollup:
    """Return figures of a minute that began `at` seconds after noon; values are given as `value`, or as `values`."""
    value, values = facts.get("value", 1.0), facts.get("values", ())
    buckets = [0] * (len(metric.bounds) + 1) if metric.kind is MetricKind.HISTOGRAM else []
    for each in values:
        buckets[sum(bound < each for bound in metric.bounds)] += 1
    total = float(sum(values)) if buckets else float(value)
    return Rollup(
        metric=metric.name,
        dimensions=dimensions,
        at=NOON + timedelta(seconds=at),
        seconds=seconds,
        count=len(values) if buckets else int(metric.kind is MetricKind.GAUGE),
        total=total,
        low=float(facts.get("low", total)),
        high=float(facts.get("high", total)),
        buckets=tuple(buckets),
    )


def process(*rollups: Rollup, at: float = 0, seconds: float = 60, **facts: Any) -> ProcessFigures:
    """Return what the API said `at` seconds after noon."""
    told: dict[str, Any] = {"process": "api", "instance": "host-1", **facts}
    return ProcessFigures(**told, at=NOON + timedelta(seconds=at), seconds=seconds, rollups=rollups)
