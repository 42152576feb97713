"""What do traces cost: a span, a request and a row of a batch, each without them and with them?

Spans: a million of each kind where nobody collects, 50,000 where somebody does, in microseconds a span. Requests:
`POST /api/v1/generate` on a platform in memory, one after the other and without a socket, median of 900. Rows: the
command `textnlp batch run` against a server that answers at once, with a collector on this machine that takes
everything; the runs alternate, and the median of three counts.
"""

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from benchmarks.batch_run import batch_run, stub
from tests.doubles.telemetry_collector import running_collector
from tests.factories.memory_platform import memory_platform
from tests.factories.traces import tracer_over

from textnlp.adapters.telemetry.null import NullTracer
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.ports.tracer import Tracer

REQUESTS = 900
ROWS = 20_000
RUNS = 3


class Forgetful:
    """An exporter that takes everything and keeps nothing."""

    def export(self, spans: Any) -> Any:
        """Take them."""
        from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415  only where it is on

        return SpanExportResult.SUCCESS if len(spans) else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Let go of nothing."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """There is nothing to wait for."""
        return timeout_millis >= 0


def tracers() -> dict[str, Tracer]:
    exporter: Any = Forgetful()
    return {"off": NullTracer(), "on": tracer_over(exporter)}


def microseconds(work: Callable[[], None], *, times: int) -> float:
    began = time.perf_counter()
    for _ in itertools.repeat(None, times):
        work()
    return (time.perf_counter() - began) / times * 1e6


def spans() -> None:
    for name, tracer in tracers().items():
        times = 1_000_000 if name == "off" else 50_000

        def call(tracer: Tracer = tracer) -> None:
            with tracer.call("chat model", attributes={"peer.service": "models"}) as span:
                span.note({"gen_ai.usage.input_tokens": 1})

        present = tracer.begin("work")

        def within(tracer: Tracer = tracer, present: Any = present) -> None:
            with tracer.within(present):
                pass

        outside = microseconds(call, times=times)
        with tracer.begin("work") as work, tracer.within(work):
            inside = microseconds(call, times=times)
        switch = microseconds(within, times=times)
        print(
            f"{name:>3}: a call {inside:.2f} us within a trace and {outside:.2f} us outside, `within` {switch:.2f} us"
        )


async def requests() -> None:
    for name, tracer in tracers().items():
        platform = memory_platform(tracer=tracer)
        intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
        app: Any = create_app(platform, intake=intake)
        times: list[float] = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client:
            for _ in range(REQUESTS):
                began = time.perf_counter()
                response = await client.post("/api/v1/generate", json={"prompt": "Hello"})
                times.append(time.perf_counter() - began)
                assert response.status_code == 200, response.text
        print(f"{name:>3}: a request {statistics.median(times) * 1e6:.0f} us (median of {REQUESTS:,})")


def rows() -> None:
    figures: dict[str, list[tuple[float, float]]] = {"off": [], "on": []}
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder, running_collector() as collector:
        work = Path(folder)
        work.chmod(0o755)
        with stub("--latency", "0") as base_url:
            batch_run(work, base_url, rows=1, concurrency=1)
            for _ in range(RUNS):
                for name, address in (("off", ""), ("on", collector.url)):
                    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address
                    run = batch_run(work, base_url, rows=ROWS, concurrency=64)
                    figures[name].append((run.seconds, run.cpu_seconds))
        taken = len(collector.spans())
    for name, runs in figures.items():
        seconds, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
        print(f"{name:>3}: {ROWS:,} rows in {seconds:.2f} s, {cpu / ROWS * 1e6:.0f} us of CPU a row")
    print(f"     {taken:,} spans of {RUNS * ROWS:,} rows were collected")


def main() -> None:
    spans()
    asyncio.run(requests())
    rows()


if __name__ == "__main__":
    main()
