import pytest

from tests.factories.memory_platform import CLOCK
from tests.factories.traces import GATEWAY_TRACE, GATEWAY_TRACEPARENT, MemoryTracing
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.tracing.message_span import begin_processing
from textnlp.application.tracing.traced_queue import TracedJobQueue
from textnlp.domain.errors import TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage, dead_letter_entity
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import TEXT_GENERATION_QUEUE

ENTITY = TOPOLOGY.queue(TEXT_GENERATION_QUEUE).name


@pytest.fixture
def tracing() -> MemoryTracing:
    return MemoryTracing()


@pytest.fixture
def queue(tracing: MemoryTracing) -> TracedJobQueue:
    return TracedJobQueue(MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK), tracer=tracing.tracer, system="memory")


async def received(queue: TracedJobQueue, entity: str = ENTITY) -> ReceivedMessage:
    (message,) = await queue.receive(entity)
    return message


async def test_a_message_brings_the_trace_of_its_sender_to_whoever_works_on_it(
    tracing: MemoryTracing, queue: TracedJobQueue
) -> None:
    tracer = tracing.tracer
    with tracer.begin("request", parent=GATEWAY_TRACEPARENT) as request, tracer.within(request):
        await queue.send(ENTITY, [OutgoingMessage(body=b"x", properties={"mine": 1})])
    message = await received(queue)
    assert message.properties["mine"] == 1
    with begin_processing(tracer, message) as work, tracer.within(work):
        await queue.complete([message])
    sent, processed, completed = tracing.spans()[1:]
    assert (sent.name, sent.kind) == (f"send {ENTITY}", "producer")
    assert (processed.name, processed.kind, processed.parent_id) == (f"process {ENTITY}", "consumer", sent.span_id)
    assert (completed.name, completed.kind, completed.parent_id) == (f"complete {ENTITY}", "client", processed.span_id)
    assert {span.trace_id for span in tracing.spans()} == {GATEWAY_TRACE}
    assert sent.attributes["messaging.batch.message_count"] == 1
    assert sent.attributes["peer.service"] == "messages"


async def test_a_message_of_no_trace_carries_none_and_keeps_the_one_that_it_has(
    tracing: MemoryTracing, queue: TracedJobQueue
) -> None:
    bare = OutgoingMessage(body=b"x")
    await queue.send(ENTITY, [bare, OutgoingMessage(body=b"y", properties={"traceparent": GATEWAY_TRACEPARENT})])
    first, second = await queue.receive(ENTITY, max_messages=2)
    assert dict(first.properties) == {}
    assert second.properties["traceparent"] == GATEWAY_TRACEPARENT
    with begin_processing(tracing.tracer, first):
        pass
    assert tracing.spans()[0].parent_id == ""


async def test_a_trace_that_is_not_sampled_is_carried_so_that_nobody_samples_the_rest(queue: TracedJobQueue) -> None:
    unsampled = MemoryTracing(sampling_ratio=0.0).tracer
    traced = TracedJobQueue(MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK), tracer=unsampled, system="memory")
    with unsampled.begin("request") as request, unsampled.within(request):
        await traced.send(ENTITY, [OutgoingMessage(body=b"x")])
    assert (await received(traced)).properties["traceparent"] == request.traceparent


async def test_a_property_that_is_no_place_begins_a_trace(tracing: MemoryTracing, queue: TracedJobQueue) -> None:
    await queue.send(ENTITY, [OutgoingMessage(body=b"x", properties={"traceparent": 17})])
    with begin_processing(tracing.tracer, await received(queue)):
        pass
    assert tracing.spans()[0].parent_id == ""


async def test_everything_else_is_the_queues_own(tracing: MemoryTracing, queue: TracedJobQueue) -> None:
    await queue.check()
    numbers = await queue.send(ENTITY, [OutgoingMessage(body=str(number).encode()) for number in range(4)])
    given_back, aside, given_up, renewed = await queue.receive(ENTITY, max_messages=4)
    await queue.abandon(given_back)
    await queue.defer(aside)
    await queue.dead_letter(given_up, reason="because")
    assert await queue.renew(renewed) >= CLOCK.now()
    assert [each.body for each in await queue.receive_deferred(ENTITY, [aside.sequence_number])] == [b"1"]
    assert (await received(queue, dead_letter_entity(ENTITY))).dead_letter_reason == "because"
    assert len(await queue.peek(ENTITY)) == 3
    assert (await queue.depth(ENTITY)).dead_lettered == 1
    await queue.cancel_scheduled(ENTITY, numbers)
    assert await queue.resend_dead_letters(ENTITY) in {0, 1}
    await queue.complete([])
    with pytest.raises(TextNLPError):
        await queue.send("no such queue", [OutgoingMessage(body=b"x")])
    await queue.aclose()
    assert tracing.spans() == []
