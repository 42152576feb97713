import dataclasses
import json
from typing import Any

from tests.factories.memory_platform import memory_ports
from tests.unit.application.test_work_slices import numbered, submitted, worked
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.end_batch import announce_end
from textnlp.application.finish_batch import finish_batch
from textnlp.application.recover_batches import recover_batches, reopen_batch
from textnlp.topology.queues import GENERATION_EVENTS, WEBHOOKS_SUB, subscription_entity


async def told(ports: BatchPorts) -> list[dict[str, Any]]:
    messages = await ports.queue.peek(subscription_entity(GENERATION_EVENTS, WEBHOOKS_SUB))
    return [json.loads(message.body) for message in messages]


async def test_a_batch_that_completed_is_announced_once_with_its_counts() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(7))
    ended = await worked(ports, batch.id)
    await finish_batch(ports, batch.id)
    await announce_end(ports, ended)
    (event,) = await told(ports)
    assert (event["type"], event["subject"]) == ("Batch.Completed", f"batches/{batch.id}")
    rows = {"input": 7, "accepted": 7, "rejected": 0, "failed": 0, "pending": 0}
    assert event["data"] == {"id": batch.id, "state": "completed", "counts": rows}


async def test_a_batch_that_is_cancelled_is_announced_and_its_second_end_is_another_event() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(7))
    await cancel_batch(ports, batch.id)
    await reopen_batch(ports, batch.id)
    await cancel_batch(ports, batch.id)
    events = await told(ports)
    assert [event["type"] for event in events] == ["Batch.Cancelled", "Batch.Cancelled"]
    assert len({event["id"] for event in events}) == 2


async def test_an_end_whose_announcement_a_dying_process_owed_is_announced_on_recovery() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(3))
    await worked(dataclasses.replace(ports, events=None), batch.id)
    assert await told(ports) == []
    await recover_batches(ports)
    await recover_batches(ports)
    assert [event["type"] for event in await told(ports)] == ["Batch.Completed"]
