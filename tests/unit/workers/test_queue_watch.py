import asyncio
import contextlib
import logging

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.factories.memory_platform import CLOCK, memory_platform
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, VALIDATION_QUEUE
from textnlp.workers.queue_watch import watch_queues


async def watched(platform: Platform) -> None:
    """Let it look once."""
    watching = asyncio.create_task(watch_queues(platform))
    await asyncio.sleep(0.05)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching


def shown(meter: OpenTelemetryMeter, name: str) -> dict[str, float]:
    families = text_string_to_metric_families(meter.page().content.decode())
    return {
        sample.labels["entity"]: sample.value for family in families for sample in family.samples if sample.name == name
    }


async def test_every_queue_and_subscription_shows_what_waits_and_what_was_given_up() -> None:
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    platform = memory_platform(meter=meter)
    queue = platform.batch_ports.queue
    await queue.send(BATCH_PROCESSING_QUEUE, [OutgoingMessage(body=b"1"), OutgoingMessage(body=b"2")])
    (first,) = await queue.receive(BATCH_PROCESSING_QUEUE)
    await queue.dead_letter(first, reason="broken")
    await watched(platform)
    depths = shown(meter, "QueueDepth")
    assert {"generation-events/validation-sub", "generation-events/monitoring-sub"} < set(depths)
    assert (depths[BATCH_PROCESSING_QUEUE], depths[VALIDATION_QUEUE]) == (1, 0)
    assert shown(meter, "DeadLetters")[BATCH_PROCESSING_QUEUE] == 1
    ages = shown(meter, "QueueOldestAgeSeconds")
    assert ages[BATCH_PROCESSING_QUEUE] > 0
    assert ages[VALIDATION_QUEUE] == 0
    meter.close()


async def test_a_queue_that_is_away_is_looked_at_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    platform = memory_platform()

    async def fail(_: str) -> None:
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    monkeypatch.setattr(platform.batch_ports.queue, "depth", fail)
    with caplog.at_level(logging.WARNING):
        await watched(platform)
    assert "The database is away." in caplog.text
