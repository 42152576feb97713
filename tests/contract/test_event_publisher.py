"""What the port of events promises, of the platform's own queues and of a topic of Event Grid."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from azure.core.messaging import CloudEvent as SdkEvent
from azure.eventgrid.aio import EventGridPublisherClient

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.certificates import Certificates, write_certificates
from tests.doubles.event_grid import EventGridTopic, running_event_grid
from tests.factories.memory_platform import CLOCK
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.adapters.events.event_grid import MOST_BYTES, EventGridPublisher, bodies
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.route_events import LocalEvents
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.ports.access_tokens import EVENT_GRID
from textnlp.ports.event_publisher import EventPublisher
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import GENERATION_COMPLETED
from textnlp.topology.queues import VALIDATION_QUEUE

BRISK = RetryPolicy(max_attempts=3, deadline_seconds=5, first_delay_seconds=0.01, longest_delay_seconds=0.02)


def event(name: str, **data: Any) -> CloudEvent:
    return CloudEvent(
        id=name,
        type=GENERATION_COMPLETED,
        source="/textnlp",
        subject=f"generations/{name}",
        time=CLOCK.now(),
        data=data,
    )


@dataclass(frozen=True, slots=True)
class Told:
    publisher: EventPublisher
    documents: Callable[[], Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def topic(certificates: Certificates) -> AsyncGenerator[EventGridTopic]:
    async with running_event_grid(certificates) as topic:
        yield topic


@pytest.fixture
async def tokens(topic: EventGridTopic) -> HandedTokens:
    tokens = HandedTokens(CLOCK)
    topic.token = (await tokens.token(EVENT_GRID)).value
    return tokens


@pytest.fixture
async def grid(
    topic: EventGridTopic, tokens: HandedTokens, certificates: Certificates
) -> AsyncGenerator[EventGridPublisher]:
    authority = certificates.authority
    publisher = EventGridPublisher(topic.url, tokens=tokens, clock=CLOCK, ca_file=authority, policy=BRISK)
    async with contextlib.aclosing(publisher):
        yield publisher


@pytest.fixture(params=["queues", "event grid"])
def told(request: pytest.FixtureRequest, topic: EventGridTopic, grid: EventGridPublisher) -> Told:
    if request.param == "event grid":

        async def taken() -> list[dict[str, Any]]:
            return topic.events

        return Told(grid, taken)
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)

    async def waiting() -> list[dict[str, Any]]:
        return [json.loads(message.body) for message in await queue.peek(VALIDATION_QUEUE, max_messages=100)]

    return Told(LocalEvents(queue), waiting)


async def test_the_stock_library_takes_the_double_for_a_topic(
    topic: EventGridTopic, tokens: HandedTokens, certificates: Certificates
) -> None:
    credential = TokenCredential(tokens)
    trust = {"connection_verify": str(certificates.authority)}
    async with EventGridPublisherClient(topic.url, credential, **trust) as client:
        sent = SdkEvent(source="/textnlp", type=GENERATION_COMPLETED, data={"blob": "a"}, subject="s")
        await client.send([sent])  # pyright: ignore[reportUnknownMemberType]  partly untyped

    assert [(each["type"], each["data"]) for each in topic.events] == [(GENERATION_COMPLETED, {"blob": "a"})]


async def test_events_arrive_whole_and_in_their_order(told: Told) -> None:
    await told.publisher.publish([event("gen_1", blob="a"), event("gen_2", blob="b")])

    documents = await told.documents()
    assert [(each["id"], each["subject"], each["data"]) for each in documents] == [
        ("gen_1", "generations/gen_1", {"blob": "a"}),
        ("gen_2", "generations/gen_2", {"blob": "b"}),
    ]
    assert {(each["specversion"], each["type"]) for each in documents} == {("1.0", GENERATION_COMPLETED)}


async def test_publishing_nothing_is_harmless(told: Told) -> None:
    await told.publisher.publish([])

    assert await told.documents() == []


async def test_many_events_go_in_requests_that_the_topic_takes(grid: EventGridPublisher, topic: EventGridTopic) -> None:
    await grid.publish([event(f"gen_{number}", text="x" * 90_000) for number in range(25)])

    assert [each["id"] for each in topic.events] == [f"gen_{number}" for number in range(25)]
    assert len(topic.requests) == 3
    assert max(topic.requests) <= MOST_BYTES


def test_an_event_that_no_request_can_hold_is_refused_by_its_id() -> None:
    with pytest.raises(TextNLPError) as caught:
        list(bodies([event("gen_1", text="x" * MOST_BYTES)]))

    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert "gen_1" in caught.value.full_text


async def test_a_topic_that_is_away_for_a_moment_is_asked_again(
    grid: EventGridPublisher, topic: EventGridTopic
) -> None:
    topic.refusals = [503, 429]

    await grid.publish([event("gen_1")])

    assert len(topic.events) == 1


async def test_a_topic_that_is_cut_off_in_the_middle_has_every_event_once_it_is_told_again(
    certificates: Certificates,
) -> None:
    events = [event(f"gen_{number}", blob="x" * 100_000) for number in range(60)]
    tokens = HandedTokens(CLOCK)
    async with contextlib.AsyncExitStack() as stack:
        async with running_event_grid(certificates) as topic:
            topic.token = (await tokens.token(EVENT_GRID)).value
            authority = certificates.authority
            made = EventGridPublisher(topic.url, tokens=tokens, clock=CLOCK, ca_file=authority, policy=BRISK)
            publisher = await stack.enter_async_context(contextlib.aclosing(made))
            publishing = asyncio.create_task(publisher.publish(events))
            while not topic.requests:  # noqa: ASYNC110  what grows is a plain list
                await asyncio.sleep(0)
        with pytest.raises(TextNLPError) as caught:
            await publishing
        assert caught.value.kind is ErrorKind.UNAVAILABLE
        assert 0 < len(topic.events) < len(events)
        async with running_event_grid(certificates, topic=topic):
            await publisher.publish(events)
    assert {each["id"] for each in topic.events} == {each.id for each in events}


@pytest.mark.parametrize(
    ("status", "kind", "told_of"),
    [
        (403, ErrorKind.FORBIDDEN, "EventGrid Data Sender"),
        (404, ErrorKind.INVALID_INPUT, "TEXTNLP_EVENT_GRID_URL"),
        (400, ErrorKind.INVALID_INPUT, "CloudEventSchemaV1_0"),
    ],
)
async def test_a_refusal_says_what_to_do(
    grid: EventGridPublisher, topic: EventGridTopic, status: int, kind: ErrorKind, told_of: str
) -> None:
    topic.refusals = [status]

    with pytest.raises(TextNLPError) as caught:
        await grid.publish([event("gen_1")])

    assert caught.value.kind is kind
    assert told_of in caught.value.full_text


async def test_a_token_that_is_not_taken_is_not_repeated(
    grid: EventGridPublisher, topic: EventGridTopic, tokens: HandedTokens
) -> None:
    shown, topic.token = topic.token, "another"

    with pytest.raises(TextNLPError) as caught:
        await grid.publish([event("gen_1")])

    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    assert shown not in caught.value.full_text
    assert tokens.asked[-1] == EVENT_GRID


async def test_a_topic_that_cannot_be_reached_is_unavailable(tokens: HandedTokens) -> None:
    publisher = EventGridPublisher("https://localhost:1", tokens=tokens, clock=CLOCK, policy=BRISK)
    async with contextlib.aclosing(publisher):
        with pytest.raises(TextNLPError) as caught:
            await publisher.publish([event("gen_1")])

    assert caught.value.kind is ErrorKind.UNAVAILABLE


def test_an_address_without_tls_is_refused() -> None:
    with pytest.raises(TextNLPError, match="not one of https"):
        EventGridPublisher("http://topic.example/api/events", tokens=HandedTokens(CLOCK), clock=CLOCK)
