"""Spans as the store of telemetry keeps them, and traces as they are looked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SpanValue = str | int | float | bool | list[str]
"""What is said of a span under one name."""

MOST_TRACES = 200
"""Traces on one page."""

MOST_COUNTED_SPANS = 1_000
"""As far as the spans of a trace are counted for a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRecord:
    """A piece of work that has ended.

    Attributes:
        trace_id: 32 hexadecimal digits.
        span_id: 16 of them.
        parent_id: likewise; empty for one that belongs to none, or to one of another trace's keeper.
        kind: as OpenTelemetry tells them apart: internal, server, client, producer, consumer.
        process: which process of the platform it is of, and `instance` which replica.
        result: status that a request was answered with.
        is_root: whether a trace begins with it here.
    """

    trace_id: str
    span_id: str
    name: str
    process: str
    began_at: datetime
    duration_us: int
    parent_id: str = ""
    kind: str = "internal"
    instance: str = ""
    has_failed: bool = False
    result: int | None = None
    is_root: bool = False
    attributes: Mapping[str, SpanValue] = field(default_factory=dict[str, SpanValue])


class TraceStatus(StrEnum):
    """How the first span of a trace ended; a call that was refused for what its caller did has not failed."""

    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePlace:
    """Where a page of traces ends: the next one begins with what is older."""

    began_at: datetime
    span_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFilter:
    """Which traces are asked for: those that began from `since` to just before `until`, the newest first.

    Attributes:
        name: exact name of the first span, such as `POST /api/v1/generate`; None for any.
        result: status that the request was answered with.
        least_duration_us: of the first span.
        before: where the page before ended.
    """

    since: datetime
    until: datetime
    name: str | None = None
    status: TraceStatus | None = None
    result: int | None = None
    least_duration_us: int = 0
    before: TracePlace | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSummary:
    """A trace in a list.

    Attributes:
        root: the span that it begins with here.
        spans: how many were kept, counted to `MOST_COUNTED_SPANS`.
        failed_spans: how many of these failed.
        ended_at: when the last of them ended.
    """

    root: SpanRecord
    spans: int
    failed_spans: int
    ended_at: datetime

    @property
    def place(self) -> TracePlace:
        """Where a page that ends with it ends."""
        return TracePlace(began_at=self.root.began_at, span_id=self.root.span_id)
