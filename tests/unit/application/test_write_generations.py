import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from tests.factories.memory_platform import CLOCK, memory_generation_ports
from textnlp.adapters.engines.scripted import ScriptedEngine, ScriptEntry
from textnlp.application.submit_generation import GenerationPorts, submit_generation
from textnlp.application.write_generations import GenerationWriter
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Role
from textnlp.domain.generation.record import GenerationRecord, GenerationState, encode_order, result_path
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage, dead_letter_entity
from textnlp.topology.queues import (
    GENERATION_EVENTS,
    MONITORING_SUB,
    VALIDATION_QUEUE,
    VALIDATION_SUB,
    subscription_entity,
)

AWAY = TextNLPError("The engine is away.", kind=ErrorKind.UNAVAILABLE)
REFUSED = TextNLPError("That is not written here.", kind=ErrorKind.CONTENT_FILTERED)
REQUEST = GenerationRequest(model="scripted", messages=(Message(Role.USER, "Hello"),))
MONITORING = subscription_entity(GENERATION_EVENTS, MONITORING_SUB)
VALIDATION = subscription_entity(GENERATION_EVENTS, VALIDATION_SUB)


@pytest.fixture
def ports() -> GenerationPorts:
    return memory_generation_ports()


@contextlib.asynccontextmanager
async def writing(ports: GenerationPorts, *script: ScriptEntry) -> AsyncGenerator[None]:
    engine = ScriptedEngine(clock=CLOCK, script=script)
    writer = asyncio.create_task(GenerationWriter(ports, engines_for=lambda _: lambda _: engine, lanes=2).run())
    yield
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)


async def submitted(ports: GenerationPorts) -> GenerationRecord:
    return await submit_generation(ports, REQUEST, owner=Owner(tenant="t", caller="c"))


async def ended(ports: GenerationPorts, record: GenerationRecord) -> GenerationRecord:
    async with asyncio.timeout(5):
        while True:
            found = await ports.store.get(record.id)
            if found.state is not GenerationState.QUEUED and not await ports.queue.peek(ports.queue_entity):
                return found
            await asyncio.sleep(0.005)


async def events(ports: GenerationPorts, entity: str) -> list[dict[str, Any]]:
    return [json.loads(message.body) for message in await ports.queue.peek(entity)]


async def test_a_generation_is_written_stored_and_told_of(ports: GenerationPorts) -> None:
    async with writing(ports, "Good day."):
        found = await ended(ports, await submitted(ports))
    assert found.state is GenerationState.COMPLETED
    assert found.usage.completion_tokens > 0
    assert json.loads(await ports.blobs.get(result_path(found.id)))["text"] == "Good day."
    for entity in (VALIDATION_QUEUE, MONITORING, VALIDATION):
        (event,) = await events(ports, entity)
        assert (event["type"], event["subject"]) == ("TextGeneration.Completed", f"generations/{found.id}")


async def test_an_error_that_stays_fails_it_with_its_reason(ports: GenerationPorts) -> None:
    async with writing(ports, REFUSED):
        found = await ended(ports, await submitted(ports))
    assert (found.state, found.code) == (GenerationState.FAILED, ErrorKind.CONTENT_FILTERED)
    assert await events(ports, VALIDATION) == []
    assert [event["type"] for event in await events(ports, MONITORING)] == ["TextGeneration.Failed"]


async def test_an_error_that_may_pass_is_tried_as_often_as_the_queue_delivers(ports: GenerationPorts) -> None:
    async with writing(ports, AWAY, AWAY, "At last."):
        found = await ended(ports, await submitted(ports))
    assert found.state is GenerationState.COMPLETED
    async with writing(ports, AWAY, AWAY, AWAY, "Too late."):
        found = await ended(ports, await submitted(ports))
    assert (found.state, found.code) == (GenerationState.FAILED, ErrorKind.UNAVAILABLE)


async def test_one_that_is_delivered_twice_is_written_once(ports: GenerationPorts) -> None:
    async with writing(ports, "Once.", "Twice."):
        record = await submitted(ports)
        await ended(ports, record)
        again = encode_order(record.id, REQUEST)
        await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=again.body, message_id="another")])
        await ended(ports, record)
    assert json.loads(await ports.blobs.get(result_path(record.id)))["text"] == "Once."
    assert len(await events(ports, MONITORING)) == 1


@pytest.mark.parametrize("body", [b"{}", b'{"version": 1, "id": "\xff"}'])
async def test_a_message_that_is_none_is_a_dead_letter(ports: GenerationPorts, body: bytes) -> None:
    await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=body)])
    dead: list[ReceivedMessage] = []
    async with writing(ports), asyncio.timeout(5):
        while not dead:
            await asyncio.sleep(0.005)
            dead = await ports.queue.peek(dead_letter_entity(ports.queue_entity))
    assert dead[0].dead_letter_reason == "invalid_input"


async def until(holds: Callable[[], bool]) -> None:
    while True:
        if holds():
            return
        await asyncio.sleep(0.005)


async def stopped_at_work(ports: GenerationPorts, *, latency_seconds: float, drain_seconds: float) -> GenerationRecord:
    """Stop a writer while its engine thinks; return the generation as it is then."""
    engine = ScriptedEngine(clock=CLOCK, latency_seconds=latency_seconds)
    writer = GenerationWriter(ports, engines_for=lambda _: lambda _: engine, lanes=2, drain_seconds=drain_seconds)
    writing = asyncio.create_task(writer.run())
    record = await submitted(ports)
    async with asyncio.timeout(5):
        await until(lambda: engine.calls == 1)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    return await ports.store.get(record.id)


async def test_a_writer_that_is_stopped_gives_back_what_it_holds(ports: GenerationPorts) -> None:
    record = await stopped_at_work(ports, latency_seconds=60, drain_seconds=0)
    assert record.state is GenerationState.QUEUED
    (again,) = await ports.queue.receive(ports.queue_entity, max_wait_seconds=0)
    assert again.delivery_count == 2


async def test_a_writer_that_has_time_to_drain_finishes_what_it_began(ports: GenerationPorts) -> None:
    record = await stopped_at_work(ports, latency_seconds=0.05, drain_seconds=5)
    assert record.state is GenerationState.COMPLETED
    assert await ports.queue.peek(ports.queue_entity) == []


async def test_what_takes_longer_than_the_drain_is_given_back(ports: GenerationPorts) -> None:
    record = await stopped_at_work(ports, latency_seconds=60, drain_seconds=0.02)
    assert record.state is GenerationState.QUEUED
    assert await ports.queue.receive(ports.queue_entity, max_wait_seconds=0)


async def test_what_cannot_be_queued_has_failed(ports: GenerationPorts, monkeypatch: pytest.MonkeyPatch) -> None:
    created: list[GenerationRecord] = []
    create = ports.store.create

    async def note(record: GenerationRecord) -> None:
        created.append(record)
        await create(record)

    async def fail(*_: object) -> list[int]:
        raise AWAY

    monkeypatch.setattr(ports.store, "create", note)
    monkeypatch.setattr(ports.queue, "send", fail)
    with pytest.raises(TextNLPError, match="away"):
        await submitted(ports)
    assert (await ports.store.get(created[0].id)).state is GenerationState.FAILED
