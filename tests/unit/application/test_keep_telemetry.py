import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, line, span
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.keep_telemetry import TelemetryKeeper, TelemetrySources
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.telemetry.log_lines import LineFilter, LogLine
from textnlp.domain.telemetry.rollup_book import Reading
from textnlp.domain.telemetry.rollups import BinQuery, ProcessFigures
from textnlp.domain.telemetry.spans import SpanRecord, TraceFilter
from textnlp.topology.metrics import ROWS_RECORDED
from textnlp.topology.telemetry_store import TELEMETRY_STORE

HOUR = timedelta(hours=1)
DECLARED = replace(TELEMETRY_STORE, batch_rows=2, queued_spans=4, queued_lines=4, queued_rollups=4)


class Waiting(deque[Any]):
    """A backlog of four."""

    dropped = 0

    def take(self, most: int) -> list[Any]:
        return [self.popleft() for _ in range(min(most, len(self)))]


class Store(MemoryTelemetry):
    """A store that can be away, or refuse one span for ever."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock=clock)
        self.trouble: Exception | None = None
        self.batches: list[int] = []
        self.is_closed = False

    async def add_spans(self, spans: Sequence[SpanRecord]) -> int:
        if self.trouble is not None:
            raise self.trouble
        self.batches.append(len(spans))
        return await super().add_spans(spans)

    async def show(self, figures: ProcessFigures) -> None:
        if isinstance(self.trouble, TextNLPError):
            raise self.trouble
        await super().show(figures)

    async def aclose(self) -> None:
        self.is_closed = True


@dataclass
class Kept:
    clock: ManualClock
    store: Store
    rows: float = 0
    spans: Waiting = field(default_factory=Waiting)
    lines: Waiting = field(default_factory=Waiting)

    def __post_init__(self) -> None:
        sources = TelemetrySources(
            process="api",
            instance="host-1",
            spans=self.spans,
            lines=self.lines,
            readings=lambda: [Reading(ROWS_RECORDED, ("accepted",), self.rows)],
        )
        self.keeper = TelemetryKeeper(self.store, sources, clock=self.clock, declared=DECLARED)

    async def traces(self) -> int:
        return len(await self.store.traces(TraceFilter(since=NOON - HOUR, until=NOON + HOUR)))

    def dropped(self) -> dict[str, float]:
        return {kind: number for (kind,), number in self.keeper.dropped()}


@asynccontextmanager
async def running(kept: Kept) -> AsyncGenerator[None]:
    task = asyncio.create_task(kept.keeper.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def kept() -> Kept:
    clock = ManualClock(now=NOON)
    return Kept(clock, Store(clock))


def some(number: int) -> list[SpanRecord]:
    return [span(each, trace_id=f"{each:032x}") for each in range(1, number + 1)]


async def lines(kept: Kept) -> list[LogLine]:
    return await kept.store.lines(LineFilter(since=NOON - HOUR, until=NOON + HOUR))


async def test_what_has_gathered_is_written_in_batches(kept: Kept) -> None:
    async with running(kept):
        kept.spans.extend(some(5))
        kept.lines.append(line())
        await kept.clock.advance(1)
        assert kept.store.batches == [2, 2, 1]
        assert len(await lines(kept)) == 1
        kept.spans.extend(some(1))
        await kept.clock.advance(1)
        assert kept.store.batches == [2, 2, 1, 1]


async def test_what_the_process_is_at_is_shown_and_kept_by_the_minute(kept: Kept) -> None:
    async with running(kept):
        kept.rows = 7
        await kept.clock.advance(2)
        (shown,) = await kept.store.present(since=NOON)
        assert [rollup.total for rollup in shown.rollups] == [7]
        await kept.clock.advance(10)
        (same,) = await kept.store.present(since=NOON)
        assert (same.at - shown.at).total_seconds() in {5, 6, 10}
        await kept.clock.advance(60)
    asked = BinQuery(metric=ROWS_RECORDED.name, since=NOON, until=NOON + HOUR, bin_seconds=60)
    assert [(each.at, each.total) for each in await kept.store.bins(asked)] == [(NOON, 7)]


async def test_a_store_that_is_away_gets_everything_that_there_was_place_for_later(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.store.trouble = TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
    async with running(kept):
        kept.spans.extend(some(3))
        with caplog.at_level(logging.WARNING):
            await kept.clock.advance(60)
        assert len(caplog.records) == 1
        assert "The database is away." in caplog.text
        assert kept.clock.next_wake_seconds <= 15
        kept.store.trouble = None
        await kept.clock.advance(15)
    assert await kept.traces() == 3
    assert kept.dropped() == {"spans": 0, "lines": 0, "figures": 0}


async def test_what_the_store_will_never_take_is_given_up(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.store.trouble = ValueError("never")
    async with running(kept):
        kept.spans.extend(some(2))
        await kept.clock.advance(1)
        assert "Telemetry was given up" in caplog.text
        kept.store.trouble = None
        kept.spans.extend(some(1))
        await kept.clock.advance(4)
    assert await kept.traces() == 1
    assert kept.dropped()["spans"] == 2


async def test_what_is_lost_is_counted_by_kind(kept: Kept) -> None:
    async with running(kept):
        kept.spans.dropped = 3
        kept.spans.append(span(at=-40 * 86_400))
        kept.lines.append(line(at=-40 * 86_400))
        await kept.clock.advance(1)
    assert kept.dropped() == {"spans": 4, "lines": 1, "figures": 0}


async def test_in_the_end_everything_is_written_and_the_process_is_gone(kept: Kept) -> None:
    async with running(kept):
        kept.rows = 7
        await kept.clock.advance(2)
    kept.rows = 9
    kept.spans.extend(some(5))
    await kept.keeper.finish()
    assert await kept.traces() == 5
    assert await kept.store.present(since=NOON) == []
    asked = BinQuery(metric=ROWS_RECORDED.name, since=NOON, until=NOON + HOUR, bin_seconds=60)
    assert [each.total for each in await kept.store.bins(asked)] == [9]
    assert kept.store.is_closed
