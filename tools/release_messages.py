"""What this code puts on queues and topics and posts to webhooks, one of each kind, by the code that sends it."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from tests.factories.memory_platform import CLOCK, memory_generation_ports, memory_ports

from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.alert_dead_letters import alert_dead_letters
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import announce_end
from textnlp.application.route_events import LocalEvents
from textnlp.application.send_slices import send_slices
from textnlp.application.submit_generation import GenerationPorts, submit_generation
from textnlp.application.write_generations import GenerationWriter
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts, Slice
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import EngineCapabilities, GenerationRequest, Message, Parameters, Role
from textnlp.domain.identifiers import BatchId, ValidationId
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.validation.validation_order import encode_order
from textnlp.domain.webhooks.payload import encode_payload
from textnlp.domain.webhooks.signature import SigningSecret, signed_headers
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import VALIDATION_QUEUE

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SECRET = SigningSecret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
_BATCH_ID = BatchId("batch_01kx3v9qe8m2t6f0r7w4z1c5ny")
_VALIDATION_ID = ValidationId("validation_01kx3v9qe8m2t6f0r7w4z1c5ny")
_SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
_CALLED = {"type": "function", "function": {"name": "look_up", "arguments": "{}"}}
_TOOL = {"type": "function", "function": {"name": "look_up", "parameters": _SCHEMA}}
_PLAIN = GenerationRequest(model="scripted", messages=(Message(Role.USER, "Praise a kettle."),))
_FULL = GenerationRequest(
    model="scripted",
    messages=(
        Message(Role.SYSTEM, "You are brief."),
        Message(Role.USER, "Praise a kettle.", name="ada"),
        Message(
            Role.ASSISTANT, "", tool_calls=({"id": "call_1", "type": "function", "function": {"name": "look_up"}},)
        ),
        Message(Role.TOOL, "It boils.", tool_call_id="call_1"),
    ),
    parameters=Parameters(temperature=0.5, top_p=0.9, max_tokens=20, seed=7, stop=("END",), presence_penalty=0.1),
    response_schema=_SCHEMA,
    tools=(_TOOL,),
    tool_choice="auto",
    logprobs=True,
    top_logprobs=2,
    timeout_seconds=60.0,
    sticky_key="kettles",
)
_REFUSED = TextNLPError("That is not written here.", kind=ErrorKind.CONTENT_FILTERED)


class SentMessage(msgspec.Struct, kw_only=True):
    """A message as it was sent.

    Attributes:
        name: what kind it is, the same in every release.
        body: the payload, which is JSON, as text.
    """

    name: str
    entity: str
    body: str
    message_id: str | None = None
    properties: dict[str, Any] = {}


class PostedEvent(msgspec.Struct, kw_only=True):
    """What was posted to a webhook, with its headers."""

    name: str
    body: str
    headers: dict[str, str]


class _Outbox(MemoryJobQueue):
    """Remembers what was sent to it."""

    def __init__(self) -> None:
        super().__init__(topology=TOPOLOGY, clock=CLOCK)
        self.sent: list[tuple[str, OutgoingMessage]] = []

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        self.sent += [(entity, message) for message in messages]
        return await super().send(entity, messages)


def sent_messages() -> list[SentMessage]:
    """Return one message of each kind that the platform sends to each queue and topic."""
    outbox = asyncio.run(_filled())
    found: dict[str, SentMessage] = {}
    for entity, message in outbox.sent:
        name = f"{entity}/{message.properties.get('type') or 'order'}"
        if name in found:
            name += " with everything"
        found[name] = SentMessage(
            name=name,
            entity=entity,
            body=message.body.decode(),
            message_id=message.message_id,
            properties=dict(message.properties),
        )
    return list(found.values())


def posted_events(messages: Sequence[SentMessage]) -> list[PostedEvent]:
    """Return what webhooks are told of the events among messages."""
    posted: dict[str, PostedEvent] = {}
    for message in messages:
        event: Mapping[str, Any] = msgspec.json.decode(message.body)
        if "specversion" in event:
            at = datetime.fromisoformat(event["time"])
            body = encode_payload(event["type"], at=at, subject=event["subject"], data=event["data"])
            headers = signed_headers([SECRET], message_id="delivery_1", at=AT, body=body)
            posted[event["type"]] = PostedEvent(name=event["type"], body=body.decode(), headers=headers)
    return list(posted.values())


async def _filled() -> _Outbox:
    outbox = _Outbox()
    await _write_generations(memory_generation_ports(outbox))
    ports = dataclasses.replace(memory_ports(), queue=outbox, events=LocalEvents(outbox))
    await send_slices(ports, _BATCH_ID, [Slice(index=2, first_row=200, row_count=100, offset=4_096, size_bytes=2_048)])
    await _end_batches(ports)
    await outbox.send(VALIDATION_QUEUE, [encode_order(_VALIDATION_ID)])
    (message,) = await outbox.receive(ports.queue_entity)
    await outbox.dead_letter(message, reason="Unreadable")
    await alert_dead_letters(outbox, LocalEvents(outbox), now=AT)
    return outbox


async def _write_generations(ports: GenerationPorts) -> None:
    """Ask for a generation, for one with everything that can be asked for, and for one that is refused."""
    owner = Owner(tenant="local", caller="local")
    for request, count in ((_PLAIN, 1), (_FULL, 2)):
        await submit_generation(ports, request, owner=owner, count=count)
    can = EngineCapabilities(constrains_to_schema=True, calls_tools=True, reports_logprobs=True)
    engine = ScriptedEngine(clock=CLOCK, script=[_REFUSED], capabilities=can)
    writer = GenerationWriter(ports, engines_for=lambda _: lambda _: engine, lanes=1)
    task = asyncio.create_task(writer.run())
    while await ports.queue.peek(ports.queue_entity):  # noqa: ASYNC110  the queue tells nobody that it is empty
        await asyncio.sleep(0.005)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _end_batches(ports: BatchPorts) -> None:
    counts = LedgerCounts(input=3, accepted=1, rejected=1, failed=1)
    for state in (BatchState.COMPLETED, BatchState.FAILED, BatchState.CANCELLED):
        batch = Batch(
            id=_BATCH_ID,
            name="prompts.jsonl",
            state=state,
            spec=BatchSpec(model="scripted"),
            created_at=AT,
            finished_at=AT,
            counts=counts,
        )
        await announce_end(ports, batch)
