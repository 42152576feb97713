import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, TRACE, child, line, process, rollup, span
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.adapters.database.pool import BECOME_TENANT, PostgresDatabase
from textnlp.adapters.database.telemetry_days import TelemetryDays
from textnlp.adapters.database.telemetry_reader import PostgresTelemetryReader
from textnlp.adapters.database.telemetry_sink import PostgresTelemetrySink
from textnlp.application.read_panel import read_panel
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.telemetry.log_lines import LineFilter, LinePlace
from textnlp.domain.telemetry.rollups import Bin, BinQuery
from textnlp.domain.telemetry.spans import TraceFilter, TraceStatus
from textnlp.ports.telemetry_reader import TelemetryReader
from textnlp.ports.telemetry_retention import TelemetryRetention
from textnlp.ports.telemetry_sink import TelemetrySink
from textnlp.topology.metrics import METRICS, QUEUE_DEPTH, REQUEST_SECONDS, ROWS_RECORDED, MetricKind
from textnlp.topology.panels import PANELS, Measure, Panel
from textnlp.topology.telemetry_store import TELEMETRY_STORE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANY = TraceFilter(since=NOON - HOUR, until=NOON + HOUR)
ANY_LINE = LineFilter(since=NOON - HOUR, until=NOON + HOUR)


@dataclass(frozen=True, slots=True)
class Store:
    sink: TelemetrySink
    reader: TelemetryReader
    retention: TelemetryRetention
    clock: ManualClock


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    clock = ManualClock(now=NOON)
    if request.param == "memory":
        memory = MemoryTelemetry(clock=clock)
        return Store(memory, memory, memory, clock)
    database: PostgresDatabase = request.getfixturevalue("database")
    days = TelemetryDays(database, declared=TELEMETRY_STORE)
    return Store(PostgresTelemetrySink(database, days, clock=clock), PostgresTelemetryReader(database), days, clock)


async def names(store: Store, **asked: Any) -> list[str]:
    return [trace.root.span_id[-2:] for trace in await store.reader.traces(replace(ANY, **asked))]


async def test_a_span_is_kept_as_it_was(store: Store) -> None:
    odd = child(
        0xFFFFFFFFFFFFFFFE,
        1,
        at=0.001,
        name="put \0 caf\u00e9",
        has_failed=True,
        attributes={"a": "\0", "b": 1, "c": 0.5, "d": True, "e": ["x", "y"]},
    )
    assert await store.sink.add_spans([span(), odd]) == 0
    first, second = await store.reader.spans(TRACE, limit=10)
    assert first == span()
    assert (second.span_id, second.parent_id) == ("fffffffffffffffe", f"{1:016x}")
    assert (second.began_at, second.duration_us, second.has_failed) == (odd.began_at, 2_000, True)
    assert dict(second.attributes)["e"] == ["x", "y"]
    assert await store.reader.spans(TRACE, limit=1) == [span()]
    assert await store.reader.spans("0" * 32, limit=10) == []
    assert await store.reader.spans("no trace", limit=10) == []


async def test_traces_are_listed_by_what_they_begin_with(store: Store) -> None:
    other = "f" * 32
    await store.sink.add_spans(
        [
            span(1, at=0),
            child(2, 1, at=1, duration_us=3_000_000, has_failed=True, process="batch-worker"),
            span(3, at=2, trace_id=other, name="GET /api/v1/batches", duration_us=50),
        ]
    )
    newest, oldest = await store.reader.traces(ANY)
    assert (newest.root.span_id, newest.spans, newest.failed_spans) == (f"{3:016x}", 1, 0)
    assert (oldest.root, oldest.spans, oldest.failed_spans) == (span(1), 2, 1)
    assert oldest.ended_at == NOON + timedelta(seconds=4)


async def test_traces_are_narrowed_down(store: Store) -> None:
    await store.sink.add_spans(
        [
            span(1, at=1, trace_id=f"{1:032x}", name="GET /a", duration_us=10),
            span(2, at=2, trace_id=f"{2:032x}", result=503, has_failed=True, duration_us=1_000_000),
            span(3, at=3, trace_id=f"{3:032x}", result=404),
            span(4, at=-4_000, trace_id=f"{4:032x}"),
        ]
    )
    assert await names(store) == ["03", "02", "01"]
    assert await names(store, name="GET /a") == ["01"]
    assert await names(store, status=TraceStatus.FAILED) == ["02"]
    assert await names(store, status=TraceStatus.OK) == ["03", "01"]
    assert await names(store, result=404) == ["03"]
    assert await names(store, least_duration_us=2_000) == ["03", "02"]
    assert await names(store, since=NOON + timedelta(seconds=2)) == ["03", "02"]
    assert await names(store, until=NOON + timedelta(seconds=2)) == ["01"]
    assert await names(store, since=NOON - 2 * HOUR, result=200, least_duration_us=100) == ["04"]
    assert await names(store, name="GET /a\0") == []


async def test_pages_of_traces_neither_repeat_nor_leave_out_any(store: Store) -> None:
    await store.sink.add_spans([span(number, at=number // 3, trace_id=f"{number:032x}") for number in range(1, 11)])
    seen: list[str] = []
    wanted = replace(ANY, limit=4)
    while page := await store.reader.traces(wanted):
        seen += [trace.root.span_id for trace in page]
        wanted = replace(wanted, before=page[-1].place)
    assert sorted(seen) == [f"{number:016x}" for number in range(1, 11)]
    assert len(seen) == 10


async def test_lines_of_the_log_are_kept_and_narrowed_down(store: Store) -> None:
    odd = line(2, at=1, level=40, message="caf\u00e9\0", error="ValueError", trace_id=TRACE, span_id="f" * 16)
    assert await store.sink.add_lines([line(), odd, line(3, at=1, level=30)]) == 0
    found = await store.reader.lines(ANY_LINE)
    assert [each.ordinal for each in found] == [3, 2, 1]
    assert found[2] == line()
    assert (found[1].trace_id, found[1].span_id, found[1].error) == (TRACE, "f" * 16, "ValueError")
    for asked, ordinals in (
        ({"least_level": 30}, [3, 2]),
        ({"least_level": 31}, [2]),
        ({"least_level": 10}, [3, 2, 1]),
        ({"trace_id": TRACE}, [2]),
        ({"trace_id": "none"}, []),
        ({"limit": 1}, [3]),
        ({"before": LinePlace(at=found[0].at, ordinal=3)}, [2, 1]),
        ({"until": NOON + timedelta(seconds=1)}, [1]),
    ):
        assert [each.ordinal for each in await store.reader.lines(replace(ANY_LINE, **asked))] == ordinals


async def add(store: Store, *rollups: Any) -> int:
    return await store.sink.add_rollups(rollups, process="api", instance="host-1")


async def test_figures_are_added_up_bin_by_bin(store: Store) -> None:
    served = ("POST", "/api/v1/generate")
    await add(
        store,
        rollup(REQUEST_SECONDS, *served, "200", at=0, values=[0.02, 0.3]),
        rollup(REQUEST_SECONDS, *served, "503", at=240, values=[20.0]),
        rollup(REQUEST_SECONDS, *served, "200", at=300, values=[0.02]),
        rollup(ROWS_RECORDED, "accepted", at=0, value=5),
    )
    asked = BinQuery(metric=REQUEST_SECONDS.name, since=NOON, until=NOON + HOUR, bin_seconds=300)
    first, second = await store.reader.bins(asked)
    assert (first.at, first.split, first.count, first.total) == (NOON, "", 3, pytest.approx(20.32))
    assert first.buckets == (0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1)
    assert (second.at, second.count) == (NOON + timedelta(minutes=5), 1)
    assert [each.buckets for each in await store.reader.bins(replace(asked, has_buckets=False))] == [(), ()]
    split = await store.reader.bins(replace(asked, split_by=2))
    assert [(each.at.minute, each.split, each.count) for each in split] == [(0, "200", 2), (0, "503", 1), (5, "200", 1)]
    failed = await store.reader.bins(replace(asked, split_by=2, where=(2, ("4", "5"))))
    assert [each.split for each in failed] == ["503"]
    assert await store.reader.bins(replace(asked, since=NOON + HOUR, until=NOON + 2 * HOUR)) == []


async def test_a_gauge_has_its_extremes(store: Store) -> None:
    await add(
        store,
        rollup(QUEUE_DEPTH, "a", at=0, value=2, low=1, high=9),
        rollup(QUEUE_DEPTH, "a", at=60, value=-4, low=-7, high=3),
    )
    asked = BinQuery(metric=QUEUE_DEPTH.name, since=NOON, until=NOON + HOUR, bin_seconds=300, split_by=0)
    assert await store.reader.bins(asked) == [Bin(at=NOON, split="a", count=2, total=-2, low=-7, high=9)]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
async def test_every_panel_of_the_topology_has_an_answer(store: Store, panel: Panel) -> None:
    values = ["503" if name == "http.response.status_code" else f"some {name}" for name in panel.metric.dimensions]
    is_histogram = panel.metric.kind is MetricKind.HISTOGRAM
    given: dict[str, Any] = {"values": [0.25, 0.25]} if is_histogram else {"value": -3, "low": -3, "high": 2}
    await add(store, rollup(panel.metric, *values, at=0, **given))
    series = await read_panel(store.reader, panel, since=NOON, until=NOON + 2 * HOUR)
    assert len(series.times) == 7_200 // panel.bin_seconds
    assert [line.measure for line in series.lines] == list(panel.measures)
    expected = {
        Measure.AVERAGE: 0.25,
        Measure.P95: pytest.approx(0.25, rel=0.6),
        Measure.P99: pytest.approx(0.25, rel=0.6),
        Measure.COUNT: 2,
        Measure.SUM: -3,
        Measure.MAXIMUM: 2,
        Measure.OFFSET: 3,
    }
    for drawn in series.lines:
        assert drawn.values[0] == expected[drawn.measure]
        assert drawn.values[1] in (None, 0.0)
        assert (drawn.split != "") == bool(panel.split_by)


async def test_every_metric_can_be_kept(store: Store) -> None:
    rollups = [
        rollup(metric, *("\0\ud800" for _ in metric.dimensions), values=[1] if metric.bounds else ())
        for metric in METRICS
    ]
    assert await add(store, *rollups) == 0
    assert await store.reader.bins(BinQuery(metric="none", since=NOON, until=NOON + HOUR, bin_seconds=60)) == []


async def test_a_process_says_what_it_is_at_until_it_ends(store: Store) -> None:
    said = process(
        rollup(REQUEST_SECONDS, "GET", "/ready", "200", at=-60, values=[0.1]), rollup(QUEUE_DEPTH, "a", at=-60)
    )
    other = process(process="worker", instance="host-2", at=-30)
    for each in (process(at=-5), said, other):
        await store.sink.show(each)
    assert await store.reader.present(since=NOON - HOUR) == [said, other]
    assert await store.reader.present(since=NOON - timedelta(seconds=10)) == [said]
    await store.sink.withdraw("host-1")
    assert await store.reader.present(since=NOON - HOUR) == [other]


async def test_what_is_too_old_or_to_come_is_passed_over(store: Store) -> None:
    days = TELEMETRY_STORE.span_days * 86_400
    moments = (0, -days, -days - 86_400, 2 * 86_400, 3 * 86_400)
    spans = [span(number, at=at, trace_id=f"{number:032x}") for number, at in enumerate(moments, 1)]
    assert await store.sink.add_spans(spans) == 2
    assert await names(store, since=NOON - 30 * DAY, until=NOON + 30 * DAY) == ["04", "01", "02"]
    assert await store.sink.add_spans([]) == 0


async def test_days_go_as_a_whole_when_they_are_over(store: Store) -> None:
    await store.sink.add_spans([span(1, at=-86_400), span(2)])
    await store.sink.add_lines([line(1, at=-86_400), line(2)])
    await add(store, rollup(QUEUE_DEPTH, "a", at=-86_400), rollup(QUEUE_DEPTH, "a"))
    assert (await store.retention.sweep(NOON)).dropped == ()
    later = NOON + TELEMETRY_STORE.span_days * DAY
    swept = await store.retention.sweep(later)
    assert swept.dropped == ("telemetry_lines_20260228", "telemetry_spans_20260228")
    assert await names(store, since=NOON - 2 * DAY) == ["02"]
    assert [each.ordinal for each in await store.reader.lines(replace(ANY_LINE, since=NOON - 2 * DAY))] == [2]
    asked = BinQuery(metric=QUEUE_DEPTH.name, since=NOON - 2 * DAY, until=NOON + HOUR, bin_seconds=3_600)
    assert len(await store.reader.bins(asked)) == 2
    assert (await store.retention.sweep(later)).dropped == ()
    await store.clock.advance((later - NOON).total_seconds())
    assert await store.sink.add_spans([span(3, at=(later - NOON).total_seconds())]) == 0


@pytest.mark.postgres
async def test_the_oldest_days_go_first_where_too_much_is_kept(database: PostgresDatabase) -> None:
    clock = ManualClock(now=NOON)
    days = TelemetryDays(database, declared=replace(TELEMETRY_STORE, most_megabytes=1))
    sink, reader = PostgresTelemetrySink(database, days, clock=clock), PostgresTelemetryReader(database)
    filling = [span(number, at=-86_400, trace_id=f"{number:032x}", name="x" * 900) for number in range(1, 2_000)]
    await sink.add_spans([*filling, span(2_000)])
    swept = await days.sweep(NOON)
    assert swept.crowded_out == ("telemetry_spans_20260228",)
    assert swept.size_bytes < 1_048_576
    assert len(await reader.traces(replace(ANY, since=NOON - 2 * DAY))) == 1
    await sink.add_spans([replace(each, began_at=NOON) for each in filling])
    assert "telemetry_spans_20260301" in (await days.sweep(NOON)).crowded_out
    assert await sink.add_spans([span()]) == 0
    assert len(await reader.traces(ANY)) == 1


@pytest.mark.postgres
async def test_several_processes_make_place_for_the_same_days_at_once(database: PostgresDatabase) -> None:
    processes = [TelemetryDays(database, declared=TELEMETRY_STORE) for _ in range(4)]
    await asyncio.gather(*(days.prepare(NOON) for days in processes))
    await asyncio.gather(*(days.sweep(NOON + 30 * DAY) for days in processes))
    sink = PostgresTelemetrySink(
        database, TelemetryDays(database, declared=TELEMETRY_STORE), clock=ManualClock(now=NOON)
    )
    assert await sink.add_spans([span()]) == 0


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["spans", "lines", "rollups", "present"])
async def test_tenants_see_nothing_of_it(database: PostgresDatabase, table: str) -> None:
    asked = sql.SQL("select * from {}").format(sql.Identifier("textnlp", f"telemetry_{table}"))
    async with database.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute(asked)
        await connection.execute(BECOME_TENANT, ("a",))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(asked)


@pytest.mark.postgres
async def test_a_day_in_use_is_not_waited_for_for_long(database: PostgresDatabase) -> None:
    days = TelemetryDays(database, declared=TELEMETRY_STORE)
    await days.prepare(NOON - 30 * DAY)
    await days.prepare(NOON)
    async with database.connection() as reading, reading.transaction():
        await reading.execute("lock table telemetry_spans in access share mode")
        with pytest.raises(TextNLPError) as caught:
            await days.sweep(NOON)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert (await days.sweep(NOON)).dropped
    assert (await days.sweep(NOON)).dropped == ()
