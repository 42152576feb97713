"""The whole platform on stand-ins for the services of Azure: what `make azure-loopback` runs and shows."""

import io
import stat

import pytest
from rich.console import Console

from tests.azure_loopback.environment_file import read_environment
from tests.azure_loopback.processes import running_processes
from tests.azure_loopback.report import show_flow, show_traces
from tests.azure_loopback.run import DISTURBED, MANY_ROWS, Outcome, run_flows
from tests.azure_loopback.services import ROWS_IN_FLIGHT, AzureAtLoopback, running_services
from tests.factories.traces import edges

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(400)]

_ONLINE, _ASYNCHRONOUS, _BATCH, _, _USAGE = range(5)


async def test_every_flow_runs_on_azure_at_loopback_and_a_batch_survives_its_worker_and_the_queue() -> None:
    written = io.StringIO()
    console = Console(file=written, width=200)
    async with running_services() as azure, running_processes(azure.environment_file) as processes:
        outcome = await run_flows(azure, processes, lambda report: show_flow(console, report))
        _the_file_leads_to_services_of_azure_alone(azure)
        _rows_were_asked_again_only_where_they_were_in_flight(azure)
    assert outcome.exit_codes == [0, 0, 0, 0]
    assert outcome.tokens_in_metrics == outcome.tokens_in_ledger > 0
    _each_request_is_one_trace(outcome)
    show_traces(console, outcome)
    shown = written.getvalue()
    for report in outcome.reports:
        assert f"{report.title}, trace {report.trace_id}" in shown


def _the_file_leads_to_services_of_azure_alone(azure: AzureAtLoopback) -> None:
    assert stat.S_IMODE(azure.environment_file.stat().st_mode) == 0o600
    said = read_environment(azure.environment_file)
    assert said["TEXTNLP_DATABASE_AUTHENTICATION"] == said["TEXTNLP_REDIS_AUTHENTICATION"] == "entra"
    assert said["REDIS_URL"].startswith("rediss://")
    assert said["TEXTNLP_BLOB_URL"].startswith("azure+https://")
    assert {scope.partition("/")[2].split(".")[0] for scope in azure.entra.scopes} >= {
        "/ossrdbms-aad",
        "/redis",
        "/storage",
        "/cognitiveservices",
    }
    assert not azure.environment_file.with_name("process").joinpath("blobs").exists()


def _rows_were_asked_again_only_where_they_were_in_flight(azure: AzureAtLoopback) -> None:
    asked = sum(times for prompt, times in azure.openai.answered.items() if prompt.startswith(f"{DISTURBED}, row"))
    assert MANY_ROWS <= asked <= MANY_ROWS + ROWS_IN_FLIGHT


def _each_request_is_one_trace(outcome: Outcome) -> None:
    traces = [outcome.trace_of(report) for report in outcome.reports]
    for place in (_ONLINE, _ASYNCHRONOUS, _BATCH, _USAGE):
        known = {span.span_id for span in traces[place]}
        outside = [span for span in traces[place] if span.parent_id not in known]
        assert {span.kind for span in outside} == {"server"}
    assert edges(traces[_ONLINE]) >= {("api", "cache"), ("api", "database"), ("api", "models")}
    assert edges(traces[_ASYNCHRONOUS]) >= {
        ("api", "messages"),
        ("generation-worker", "models"),
        ("generation-worker", "blobs"),
        ("validation-worker", "database"),
    }
    assert edges(traces[_BATCH]) >= {
        ("api", "blobs"),
        ("api", "messages"),
        ("batch-worker", "models"),
        ("batch-worker", "blobs"),
        ("validation-worker", "blobs"),
    }
