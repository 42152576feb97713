import dataclasses
import json
from typing import Any

import pytest

from tests.factories.memory_platform import memory_ports
from tests.unit.application.test_work_slices import numbered, submitted, worked
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.end_batch import announce_end, end_batch
from textnlp.application.finish_batch import finish_batch
from textnlp.application.recover_batches import recover_batches, reopen_batch
from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.identifiers import BatchId
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


async def test_a_batch_that_others_end_while_its_files_are_written_is_left_as_they_ended_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(3))
    await ports.ledger.set_state(batch.id, BatchState.CANCELLING, at=ports.clock.now())
    recount = ports.ledger.recount

    async def ended_meanwhile(batch_id: BatchId) -> LedgerCounts:
        await end_batch(ports, batch_id, BatchState.FAILED, reason="A limit was reached.")
        return await recount(batch_id)

    monkeypatch.setattr(ports.ledger, "recount", ended_meanwhile)
    ended = await finish_batch(ports, batch.id)
    assert (ended.state, ended.reason) == (BatchState.FAILED, "A limit was reached.")
    assert [event["type"] for event in await told(ports)] == ["Batch.Failed"]


async def test_a_batch_that_is_set_going_again_while_its_files_are_written_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(3))
    await ports.ledger.set_state(batch.id, BatchState.CANCELLING, at=ports.clock.now())
    recount = ports.ledger.recount

    async def reopened_meanwhile(batch_id: BatchId) -> LedgerCounts:
        counts = await recount(batch_id)
        await ports.ledger.set_state(batch_id, BatchState.CANCELLED, at=ports.clock.now())
        await ports.ledger.reopen(batch_id, at=ports.clock.now())
        return counts

    monkeypatch.setattr(ports.ledger, "recount", reopened_meanwhile)
    assert (await finish_batch(ports, batch.id)).state is BatchState.RUNNING
