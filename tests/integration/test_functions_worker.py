"""The folder `functions/` as Azure's own Python worker runs it, over PostgreSQL and the folder of blobs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.functions_worker.environment import PROJECT, worker_python
from tests.doubles.functions_worker.worker import WorkerReport, run_functions
from tests.doubles.trigger_data import blob_written, message_sent, timer_due
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform, open_platform
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.functions.app import NOTE_EVENT, START_BATCH
from textnlp.functions.duties import DUTIES
from textnlp.settings import Settings, variable_name
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import DEAD_LETTERS_FOUND
from textnlp.topology.queues import (
    BATCH_PROCESSING_QUEUE,
    GENERATION_EVENTS,
    MONITORING_SUB,
    VALIDATION_QUEUE,
    subscription_entity,
)

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(240)]

ROWS = 250
PATH = "prompts/batch/nightly.json"
FILE = json.dumps(
    {"id": "nightly", "prompts": [f"row {number}" for number in range(ROWS)], "parameters": {"max_tokens": 8}}
).encode()
RETRIES = {"max_retry_count": 3, "minimum_interval": "5s", "maximum_interval": "60s"}


@pytest.fixture(scope="module")
def python() -> Path:
    return worker_python()


async def test_the_worker_of_azure_runs_what_is_deployed(python: Path, database_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url, model=SCRIPTED_MODEL)
    async with open_platform(settings) as platform:
        await platform.batch_ports.blobs.put(PATH, FILE)
        await _leave_a_dead_letter(platform)
        report = await run_functions(
            python,
            PROJECT / "functions",
            calls=[
                (START_BATCH, blob_written(PATH, FILE)),
                ("watch-dead-letters", timer_due()),
                ("aggregate-usage", timer_due()),
                (NOTE_EVENT, message_sent(b"no event")),
            ],
            environment={
                variable_name(name): str(value)
                for name, value in settings.model_dump(include={"data_dir", "database_url", "model"}).items()
            },
        )
        _it_found_all_functions(report)
        done, failed = report.answers[:3], report.answers[3]
        assert [answer["result"] for answer in done] == [{"status": "Success"}] * 3, report.log
        assert failed["result"].get("status", "Failure") == "Failure"
        assert failed["result"]["exception"]["message"].startswith("DecodeError: JSON is malformed")
        assert "note_event" in failed["result"]["exception"]["stack_trace"]
        await _each_prompt_is_queued_once(platform)
        assert {"entity": VALIDATION_QUEUE, "dead_letters": 1} in await _announced(platform, DEAD_LETTERS_FOUND)
        assert "Usage of 0 calls added up, 0 reservations taken back." in report.log


def _it_found_all_functions(report: WorkerReport) -> None:
    assert report.started["result"] == {"status": "Success"}
    assert report.started["worker_metadata"]["runtime_version"] == "3.13"
    assert set(report.functions) == {START_BATCH, NOTE_EVENT, *DUTIES}
    assert [each["result"] for each in report.loaded] == [{"status": "Success"}] * len(report.functions)
    assert {name: report.functions[name]["retry_options"] for name in DUTIES} == dict.fromkeys(DUTIES, RETRIES)
    (binding,) = report.functions[START_BATCH]["raw_bindings"]
    assert json.loads(binding) == {
        "type": "blobTrigger",
        "direction": "IN",
        "name": "file",
        "path": "prompts/batch/{name}",
        "connection": "PromptsStorage",
        "source": "EventGrid",
    }


async def _leave_a_dead_letter(platform: Platform) -> None:
    queue = platform.batch_ports.queue
    await queue.send(VALIDATION_QUEUE, [OutgoingMessage(body=b"unreadable")])
    (message,) = await queue.receive(VALIDATION_QUEUE, max_wait_seconds=5)
    await queue.dead_letter(message, reason="Unreadable")


async def _each_prompt_is_queued_once(platform: Platform) -> None:
    (batch,) = await platform.batch_ports.ledger.newest(limit=5)
    messages = await platform.batch_ports.queue.peek(BATCH_PROCESSING_QUEUE, max_messages=100)
    slices = [json.loads(message.body) for message in messages]
    assert len(slices) == -(-ROWS // TOPOLOGY.limits.slice_rows)
    assert {each["batch_id"] for each in slices} == {batch.id}
    assert sum(each["row_count"] for each in slices) == ROWS
    requests = (await platform.batch_ports.blobs.get(batch.requests_path)).splitlines()
    assert len(requests) == ROWS
    assert all(f"row {number}" in request.decode() for number, request in enumerate(requests))


async def _announced(platform: Platform, kind: str) -> list[Any]:
    messages = await platform.batch_ports.queue.peek(subscription_entity(GENERATION_EVENTS, MONITORING_SUB))
    events = [json.loads(message.body) for message in messages]
    return [event["data"] for event in events if event["type"] == kind]
