"""The flows through the whole platform on Azure at loopback, from the first call to the last span."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.azure_loopback.caller import Caller, calling
from tests.azure_loopback.disturbance import Disturbance
from tests.azure_loopback.flows import FlowReport, Flows
from tests.azure_loopback.processes import ServedProcesses, platform_environment
from tests.azure_loopback.services import AzureAtLoopback
from tests.doubles.telemetry_collector import TelemetryCollector
from tests.factories.traces import SeenSpan
from textnlp.topology.metrics import TOKENS_GENERATED

DISTURBED = "disturbed"
"""Name of the batch in whose middle a worker and the queue are killed."""

ROWS = 25
MANY_ROWS = 1_000
_TIMER = "aggregate-usage"
_TIMER_SECONDS = 90
_TELLING_SECONDS = 30
_PAUSE_SECONDS = 0.2

Tell = Callable[[FlowReport], None]
"""Is told of each flow as soon as it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run.

    Attributes:
        reports: one a flow, and one of a batch in which a worker and the queue were killed.
        spans: everything that the processes told their collector.
        exit_codes: of the processes, when they were told to end.
        tokens_in_ledger, tokens_in_metrics: tokens that models wrote, as each of the two has them.
    """

    reports: list[FlowReport]
    spans: list[SeenSpan]
    exit_codes: list[int]
    tokens_in_ledger: int
    tokens_in_metrics: int

    def trace_of(self, report: FlowReport) -> list[SeenSpan]:
        """Return the spans of a flow's request."""
        return [span for span in self.spans if span.trace_id == report.trace_id]


async def run_flows(azure: AzureAtLoopback, processes: ServedProcesses, tell: Tell) -> Outcome:
    """Run the flows, then end the processes; raise `AssertionError` for what is not as it should be."""
    reports: list[FlowReport] = []

    def told(report: FlowReport) -> None:
        reports.append(report)
        tell(report)

    async with calling(processes.api.address, azure.issuer) as caller, azure.azurite.client() as blobs:
        flows = Flows(caller=caller, blobs=blobs)
        told(await flows.online())
        told(await flows.asynchronous())
        told(await flows.batch("undisturbed", rows=ROWS))
        await _has_told_of_batch(azure.collector, reports[-1].trace_id)
        worker, bus = processes.batch_worker, azure.service_bus
        disturbance = Disturbance(caller=caller, worker=worker, service_bus=bus, rows=MANY_ROWS)
        told(await flows.batch(DISTURBED, rows=MANY_ROWS, meanwhile=disturbance))
        told(await flows.usage())
        await _tick(azure, _TIMER)
        tokens = await _tokens_written(caller)
    exit_codes = await processes.stop()
    return Outcome(
        reports=reports,
        spans=azure.collector.spans(),
        exit_codes=exit_codes,
        tokens_in_ledger=tokens,
        tokens_in_metrics=_tokens_measured(azure.collector),
    )


async def _has_told_of_batch(collector: TelemetryCollector, trace_id: str) -> None:
    """Wait until the worker has told of all it did for a batch, which it would take to its grave."""
    async with asyncio.timeout(_TELLING_SECONDS):
        while not _is_whole(  # noqa: ASYNC110  another process tells it
            [span for span in collector.spans() if span.trace_id == trace_id]
        ):
            await asyncio.sleep(_PAUSE_SECONDS)


def _is_whole(spans: list[SeenSpan]) -> bool:
    known = {span.span_id for span in spans}
    has_ended = any(span.name == "finish batch" for span in spans)
    return has_ended and all(span.parent_id in known or span.kind == "server" for span in spans)


async def _tick(azure: AzureAtLoopback, timer: str) -> None:
    """Let a timer of the function app go off once."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.azure_loopback.timer_process", timer),
        cwd=Path(__file__).parents[2],
        env=platform_environment(azure.environment_file),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(_TIMER_SECONDS):
        _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


async def _tokens_written(caller: Caller) -> int:
    shown = await caller.get("/api/v1/usage?by=model")
    return sum(each["usage"]["completion_tokens"] for each in shown["groups"])


def _tokens_measured(collector: TelemetryCollector) -> int:
    points = collector.metrics()[TOKENS_GENERATED.name].sum.data_points
    return round(sum(point.as_double or point.as_int for point in points))
