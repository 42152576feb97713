"""What does the local store of telemetry cost a batch, and what do its figures cost to look up?

Batches: two platforms of their own, `textnlp up` on the scripted model with and without the store, answer a file of
5,000 prompts in turn; what counts is the median of the differences between neighbours, in wall-clock time and in CPU
of platform and database together. Look-ups: a million spans, 100,000 traces of ten, and a day of figures; the median of
20 calls each, in milliseconds.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.telemetry_days import TelemetryDays
from textnlp.adapters.database.telemetry_reader import PostgresTelemetryReader
from textnlp.adapters.database.telemetry_sink import PostgresTelemetrySink
from textnlp.application.list_log_lines import list_log_lines
from textnlp.application.list_traces import list_traces
from textnlp.application.read_panel import read_panel
from textnlp.application.read_trace import read_trace
from textnlp.domain.telemetry.log_lines import LineFilter, LogLine
from textnlp.domain.telemetry.rollups import Rollup
from textnlp.domain.telemetry.spans import SpanRecord, TraceFilter, TraceStatus
from textnlp.topology.metrics import REQUEST_SECONDS, MetricKind
from textnlp.topology.panels import PANELS
from textnlp.topology.telemetry_store import TELEMETRY_STORE

ROWS = 5_000
TRACES, SPANS_A_TRACE = 100_000, 10
CALLS = 20
ROUTES = [f"GET /api/v1/route-{number}" for number in range(20)]
_TICK = os.sysconf("SC_CLK_TCK")


class Platform:
    """A running `textnlp up`."""

    def __init__(self, process: subprocess.Popen[str], address: str, folder: Path) -> None:
        self.process = process
        self.address = address
        self.folder = folder

    def cpu_seconds(self) -> float:
        """Return what it and the database in its folder have used so far."""
        return sum(_cpu(pid) for pid in _family(self.process.pid, str(self.folder)))

    def answer(self, prompts: bytes) -> float:
        """Send the prompts as a batch, and return the seconds until it is completed."""
        began = time.perf_counter()
        batch = self._call("/api/v1/batches?name=p.jsonl", prompts, "application/jsonl")
        while batch["state"] != "completed":
            assert batch["state"] in {"ingesting", "running", "finalizing"}, batch
            time.sleep(0.25)
            batch = self._call(f"/api/v1/batches/{batch['id']}")
        return time.perf_counter() - began

    def _call(self, path: str, body: bytes | None = None, media_type: str = "application/json") -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        headers = {"Content-Type": media_type} if body else {}
        return (
            httpx.request(method, self.address + path, content=body, headers=headers, timeout=60)
            .raise_for_status()
            .json()
        )


def _family(pid: int, folder: str) -> set[int]:
    found = {pid}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command = (each / "cmdline").read_text()
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if folder in command or parent in found:
            found.add(int(each.name))
    return found


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


@contextmanager
def platform(keep: str) -> Generator[Platform]:
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        command = [
            str(Path(sys.executable).parent / "textnlp"),
            "up",
            "--port",
            "0",
            "--model",
            "scripted",
            "--no-auth",
        ]
        environment = {**os.environ, "TEXTNLP_DATA_DIR": folder, "TEXTNLP_KEEP_TELEMETRY": keep}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        address = ""
        for line in process.stdout:
            if line.startswith("API"):
                address = line.split()[1].removesuffix("/api/v1")
            if line.startswith("ready"):
                break
        try:
            yield Platform(process, address, Path(folder))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def batches(runs: int, *, rows: int) -> None:
    prompts = b"".join(b'{"prompt": "Write a short review of kettle %d."}\n' % number for number in range(rows))
    seconds: dict[str, list[float]] = {"off": [], "on": []}
    cpu: dict[str, list[float]] = {"off": [], "on": []}
    with platform("off") as off, platform("on") as on:
        sides = [("off", off), ("on", on)]
        for _, side in sides:
            side.answer(prompts)
        for number in range(runs):
            for name, side in sides if number % 2 else reversed(sides):
                time.sleep(1.0)
                before = side.cpu_seconds()
                seconds[name].append(side.answer(prompts))
                cpu[name].append(side.cpu_seconds() - before)
    for what, figures in (("wall-clock", seconds), ("CPU", cpu)):
        ratios = [with_it / without for with_it, without in zip(figures["on"], figures["off"], strict=True)]
        print(
            f"{rows:,} rows, {what}: {statistics.median(figures['off']):.2f} s without, "
            f"{statistics.median(figures['on']):.2f} s with; {statistics.median(ratios) - 1:+.1%} "
            f"(median of {runs} pairs, {min(ratios) - 1:+.1%} to {max(ratios) - 1:+.1%}); "
            f"at the least {min(figures['off']):.2f} s without, {min(figures['on']):.2f} s with",
            flush=True,
        )


async def look_ups() -> None:
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  the database's account must pass; nothing else runs in this loop
        server = EmbeddedPostgres(Path(folder), clock=SystemClock())
        address = await server.ensure_running()
        await upgrade(address)
        database = PostgresDatabase(address, clock=SystemClock())
        try:
            await _fill_and_look(database)
        finally:
            await database.aclose()
            await server.release()


async def _fill_and_look(database: PostgresDatabase) -> None:
    now = datetime.now(UTC)
    sink = PostgresTelemetrySink(database, TelemetryDays(database, declared=TELEMETRY_STORE), clock=SystemClock())
    reader = PostgresTelemetryReader(database)
    began = time.perf_counter()
    for first in range(0, TRACES, 500):
        await sink.add_spans([span for number in range(first, first + 500) for span in _trace(number, now)])
    seconds = time.perf_counter() - began
    spans = TRACES * SPANS_A_TRACE
    print(f"{spans:,} spans written in {seconds:.0f} s, {seconds / spans * 1e6:.0f} us each")
    for hour in range(24):
        await sink.add_rollups(_figures(now - timedelta(hours=hour + 1)), process="api", instance="a")
        await sink.add_lines([_line(number, now) for number in range(hour * 2_000, hour * 2_000 + 2_000)])
    async with database.connection() as connection:
        await connection.execute("analyze")
        size = await (
            await connection.execute("select pg_size_pretty(pg_database_size(current_database()))")
        ).fetchone()
    print(f"the database takes {size and size[0]}")
    any_trace = TraceFilter(since=now - timedelta(days=2), until=now + timedelta(hours=1))
    middle = (await list_traces(reader, replace(any_trace, until=now - timedelta(hours=12), limit=1))).traces[0]
    any_line = LineFilter(since=any_trace.since, until=any_trace.until)
    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        "newest traces": lambda: list_traces(reader, any_trace),
        "page in the middle": lambda: list_traces(reader, replace(any_trace, before=middle.place)),
        "of one route": lambda: list_traces(reader, replace(any_trace, name=ROUTES[3])),
        "that failed": lambda: list_traces(reader, replace(any_trace, status=TraceStatus.FAILED)),
        "answered 503": lambda: list_traces(reader, replace(any_trace, result=503)),
        "slower than 1 s (1 in 50)": lambda: list_traces(reader, replace(any_trace, least_duration_us=1_000_000)),
        "slower than 5 s (none)": lambda: list_traces(reader, replace(any_trace, least_duration_us=5_000_000)),
        "of a route, failed, slow": lambda: list_traces(
            reader,
            replace(any_trace, name=ROUTES[5], status=TraceStatus.FAILED, least_duration_us=1_500_000),
        ),
        "one trace": lambda: read_trace(reader, middle.root.trace_id),
        "lines of the log": lambda: list_log_lines(reader, any_line),
        "warnings of the log": lambda: list_log_lines(reader, replace(any_line, least_level=30)),
    }
    for panel in PANELS:
        asked[f"panel {panel.title}, 24 hours"] = lambda panel=panel: read_panel(
            reader, panel, since=now - timedelta(hours=24), until=now
        )
    for name, call in asked.items():
        times: list[float] = []
        for _ in range(CALLS):
            began = time.perf_counter()
            await call()
            times.append((time.perf_counter() - began) * 1e3)
        print(f"{name:<36} {statistics.median(times):6.1f} ms (worst {max(times):.1f})", flush=True)


def _trace(number: int, now: datetime) -> list[SpanRecord]:
    trace_id, began_at = f"{number * 0x9E3779B97F4A7C15 % 2**64:032x}", now - timedelta(seconds=number * 0.86)
    has_failed = number % 200 == 0
    root = SpanRecord(
        trace_id=trace_id,
        span_id=f"{number * SPANS_A_TRACE + 1:016x}",
        name=ROUTES[number % len(ROUTES)],
        process="api",
        instance="host-1",
        kind="server",
        began_at=began_at,
        duration_us=(number * 7_919) % 1_000_000 + (1_000_000 if number % 50 == 0 else 0),
        has_failed=has_failed,
        result=503 if has_failed else 200,
        is_root=True,
        attributes={"http.route": "/api/v1/route", "http.request.method": "GET", "url.path": "/api/v1/route"},
    )
    calls = [
        replace(
            root,
            span_id=f"{number * SPANS_A_TRACE + each + 1:016x}",
            parent_id=root.span_id,
            name="SELECT batches",
            kind="client",
            began_at=began_at + timedelta(milliseconds=each),
            result=None,
            is_root=False,
            attributes={
                "peer.service": "database",
                "db.system.name": "postgresql",
                "db.query.summary": "SELECT batches",
            },
        )
        for each in range(1, SPANS_A_TRACE)
    ]
    return [root, *calls]


def _figures(hour: datetime) -> list[Rollup]:
    """Return an hour of figures of all panels' metrics, of requests thirty series a minute."""
    rollups: list[Rollup] = []
    for metric in {panel.metric.name: panel.metric for panel in PANELS}.values():
        series = 30 if metric is REQUEST_SECONDS else 6
        buckets = tuple(range(len(metric.bounds) + 1)) if metric.kind is MetricKind.HISTOGRAM else ()
        for minute in range(60):
            for number in range(series):
                dimensions = [f"{name} {number}" for name in metric.dimensions]
                if metric is REQUEST_SECONDS:
                    dimensions[-1] = ("200", "404", "503")[number % 3]
                rollups.append(
                    Rollup(
                        metric=metric.name,
                        dimensions=tuple(dimensions),
                        at=hour + timedelta(minutes=minute),
                        seconds=60,
                        count=sum(buckets) or 1,
                        total=12.0,
                        low=0,
                        high=3,
                        buckets=buckets,
                    )
                )
    return rollups


def _line(number: int, now: datetime) -> LogLine:
    return LogLine(
        at=now - timedelta(seconds=number),
        ordinal=number,
        level=30 if number % 100 == 0 else 20,
        logger="textnlp.workers.batch_service",
        message=f"batch {number} is completed: 5,000 rows.",
        process="api",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="pairs of batches; 0 leaves them out")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each batch")
    parser.add_argument("--no-look-ups", action="store_true")
    asked = parser.parse_args()
    if asked.runs:
        batches(asked.runs, rows=asked.rows)
    if not asked.no_look_ups:
        asyncio.run(look_ups())


if __name__ == "__main__":
    main()
