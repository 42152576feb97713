"""What the double does beyond what the queue asks of it, seen through the unmodified library."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from azure.servicebus import ServiceBusMessage, ServiceBusReceiveMode
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import ServiceBusAuthenticationError, SessionCannotBeLockedError

from tests.doubles.service_bus.server import ServiceBusDouble, running_service_bus
from tests.doubles.service_bus.terms import EntityTerms, Namespace, correlation_rule, sql_rule
from textnlp.adapters.clock.system import SystemClock

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]


def namespace() -> Namespace:
    declared = Namespace()
    declared.add_queue("jobs", EntityTerms(), duplicate_window_seconds=60)
    declared.add_queue("talks", EntityTerms(requires_session=True))
    declared.add_topic(
        "news",
        {
            "paris": (EntityTerms(), (correlation_rule({"city": "Paris"}, subject="weather"),)),
            "large": (EntityTerms(), (sql_rule("size > 10"), sql_rule("urgent = TRUE"))),
            "none": (EntityTerms(), ()),
        },
    )
    return declared


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def double(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServiceBusDouble]:
    file = tmp_path_factory.mktemp("service-bus") / "messages.json"
    async with running_service_bus(namespace(), clock=SystemClock(), file=file) as running:
        yield running


@pytest.fixture(autouse=True)
def _forgotten(double: ServiceBusDouble) -> None:
    double.reset(SystemClock())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(double: ServiceBusDouble) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(double.connection_string, retry_total=0) as opened:
        yield opened


async def test_a_receiver_that_deletes_gets_each_message_once(
    client: ServiceBusClient, double: ServiceBusDouble
) -> None:
    async with client.get_queue_sender("jobs") as sender:
        await sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
    deleting = ServiceBusReceiveMode.RECEIVE_AND_DELETE

    async with client.get_queue_receiver("jobs", receive_mode=deleting) as receiver:
        received = await receiver.receive_messages(2, max_wait_time=5)

    assert [str(one) for one in received] == ["a", "b"]
    assert double.broker.entity("jobs").messages == {}


async def test_subscriptions_get_what_any_of_their_rules_lets_in(
    client: ServiceBusClient, double: ServiceBusDouble
) -> None:
    async with client.get_topic_sender("news") as sender:
        await sender.send_messages(ServiceBusMessage("1", subject="weather", application_properties={"city": "Paris"}))
        await sender.send_messages(ServiceBusMessage("2", subject="sport", application_properties={"city": "Paris"}))
        await sender.send_messages(ServiceBusMessage("3", application_properties={"size": 11, "urgent": True}))
        await sender.send_messages(ServiceBusMessage("4", application_properties={"size": 9}))

    counts = {name: len(double.broker.entity(f"news/subscriptions/{name}").messages) for name in ("paris", "large")}
    assert counts == {"paris": 1, "large": 1}
    assert double.broker.entity("news/subscriptions/none").messages == {}


async def test_a_session_has_a_state_and_one_receiver(client: ServiceBusClient) -> None:
    async with client.get_queue_sender("talks") as sender:
        await sender.send_messages(ServiceBusMessage("hello", session_id="s"))

    async with client.get_queue_receiver("talks", session_id="s") as receiver:
        await receiver.session.set_state(b"half done")
        assert await receiver.session.get_state() == b"half done"
        with pytest.raises(SessionCannotBeLockedError):
            await client.get_queue_receiver("talks", session_id="s").__aenter__()


async def test_what_is_stored_outlives_the_broker(client: ServiceBusClient, double: ServiceBusDouble) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with client.get_queue_sender("jobs") as sender:
        await sender.send_messages(ServiceBusMessage("kept", message_id="m", application_properties={"n": 1}))
        (number,) = await sender.schedule_messages(ServiceBusMessage("later"), later)
    before = {name: list(entity.messages) for name, entity in double.broker.entities.items()}

    await double.restart()

    entity = double.broker.entity("jobs")
    assert {name: list(each.messages) for name, each in double.broker.entities.items()} == before
    first = next(iter(entity.messages.values())).content
    assert (first.message_id, first.properties) == ("m", {"n": 1})
    assert entity.messages[number].due_at == later.replace(microsecond=later.microsecond // 1000 * 1000)
    assert next(iter(double.broker.known_ids["jobs"])) == "m"


async def test_a_token_that_is_not_accepted_opens_nothing(client: ServiceBusClient, double: ServiceBusDouble) -> None:
    double.faults.accepts_token = lambda _token: False

    with pytest.raises(ServiceBusAuthenticationError):
        await client.get_queue_sender("jobs").__aenter__()
