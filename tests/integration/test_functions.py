"""The functions over the wired platform: PostgreSQL, Service Bus through its library, and the folder of blobs."""

import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.doubles.functions_host import FunctionsHost
from tests.doubles.service_bus.server import ServiceBusDouble, running_service_bus
from tests.doubles.service_bus.terms import declared_namespace
from textnlp.adapters.clock.system import SystemClock
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.functions.app import NOTE_EVENT, START_BATCH, build_app
from textnlp.functions.duties import DUTIES
from textnlp.functions.hold import PlatformHold
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, GENERATION_EVENTS, MONITORING_SUB, subscription_entity

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.timeout(120),
    # The library leaves the socket of a connection that broke to the garbage collector.
    pytest.mark.usefixtures("collected_leftovers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROWS = 1_050
SEED_FILE = json.dumps(
    {"id": "nightly", "prompts": [f"row {number}" for number in range(ROWS)], "parameters": {"max_tokens": 8}}
).encode()
MONITORING = subscription_entity(GENERATION_EVENTS, MONITORING_SUB)


@contextlib.asynccontextmanager
async def functions_on(
    database_url: str, folder: Path, double: ServiceBusDouble
) -> AsyncGenerator[tuple[FunctionsHost, Platform]]:
    settings = Settings(
        data_dir=folder, database_url=database_url, model=SCRIPTED_MODEL, queue_url=double.connection_string
    )
    hold = PlatformHold(lambda: open_platform(settings, PlatformOptions(takes_calls=True)))
    async with contextlib.aclosing(hold):
        yield FunctionsHost(build_app(hold)), await hold.platform()


async def test_uploaded_files_and_timers_do_their_work_over_service_bus(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        running_service_bus(declared_namespace(TOPOLOGY), clock=SystemClock()) as double,
        functions_on(database_url, tmp_path, double) as (host, platform),
    ):
        await _every_prompt_of_a_file_arrives_once(host, platform)
        await _a_broken_file_is_quarantined(host, platform)
        with caplog.at_level(logging.INFO):
            await _dead_letters_are_told_of(host, platform)
            for name in DUTIES:
                await host.tick(name)
    assert "Usage of 0 calls added up, 0 reservations taken back." in caplog.text
    assert f"1 dead letters wait in {BATCH_PROCESSING_QUEUE}." in caplog.text


async def _every_prompt_of_a_file_arrives_once(host: FunctionsHost, platform: Platform) -> None:
    path = "prompts/batch/nightly.json"
    await platform.batch_ports.blobs.put(path, SEED_FILE)
    for _ in range(2):
        await host.put_file(START_BATCH, path=path, data=SEED_FILE)
    messages = await platform.batch_ports.queue.peek(BATCH_PROCESSING_QUEUE, max_messages=100)
    bodies = [json.loads(message.body) for message in messages]
    (batch,) = await platform.batch_ports.ledger.newest(limit=5)
    assert {body["batch_id"] for body in bodies} == {batch.id}
    requests = b"".join(
        [
            await platform.batch_ports.blobs.get(batch.requests_path, offset=body["offset"], length=body["size_bytes"])
            for body in sorted(bodies, key=lambda body: body["index"])
        ]
    )
    asked = [json.loads(line) for line in requests.splitlines()]
    assert len(messages) == -(-ROWS // TOPOLOGY.limits.slice_rows)
    assert len(asked) == sum(body["row_count"] for body in bodies) == ROWS
    assert all(f"row {number}" in json.dumps(row) for number, row in enumerate(asked))


async def _a_broken_file_is_quarantined(host: FunctionsHost, platform: Platform) -> None:
    blobs, path = platform.batch_ports.blobs, "prompts/batch/broken.json"
    await blobs.put(path, b'{"id": "broken", "prompts": ')
    await host.put_file(START_BATCH, path=path, data=b"")
    (moved, reason) = [blob.path async for blob in blobs.entries("prompts/quarantine/")]
    assert moved.endswith("/broken.json")
    assert json.loads(await blobs.get(reason))["code"] == "invalid_input"
    (event, *_) = await platform.batch_ports.queue.peek(MONITORING)
    assert json.loads(event.body)["type"] == "Batch.Failed"
    await host.send(NOTE_EVENT, event.body)


async def _dead_letters_are_told_of(host: FunctionsHost, platform: Platform) -> None:
    queue = platform.batch_ports.queue
    (message,) = await queue.receive(BATCH_PROCESSING_QUEUE, max_wait_seconds=5)
    await queue.dead_letter(message, reason="Unreadable")
    await host.tick("watch-dead-letters")
    events = [json.loads(each.body) for each in await queue.peek(MONITORING)]
    assert {"entity": BATCH_PROCESSING_QUEUE, "dead_letters": 1} in [event["data"] for event in events]
