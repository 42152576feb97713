import pytest

from textnlp.adapters.queues.entities import Entities
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, GENERATION_EVENTS, QUEUES


def test_every_declared_queue_can_be_sent_to_and_has_dead_letters() -> None:
    entities = Entities(TOPOLOGY)

    for queue in QUEUES:
        assert [target.terms.name for target in entities.route(queue.name).targets] == [queue.name]
        terms = entities.terms(queue.name)
        assert (terms.lock_seconds, terms.max_delivery_count) == (queue.lock_seconds, queue.max_delivery_count)
        assert entities.terms(f"{queue.name}/$deadletterqueue").dead_letters_of == queue.name


@pytest.mark.parametrize(
    ("status", "targets"),
    [
        ("Completed", ["validation-sub", "monitoring-sub", "webhooks-sub"]),
        ("Failed", ["monitoring-sub", "webhooks-sub"]),
    ],
)
def test_the_declared_filters_decide_which_subscriptions_get_an_event(status: str, targets: list[str]) -> None:
    route = Entities(TOPOLOGY).route(GENERATION_EVENTS)

    matching = [t.terms.name for t in route.targets if t.matches is None or t.matches({"Status": status})]

    assert matching == [f"{GENERATION_EVENTS}/{name}" for name in targets]


def test_receiving_from_a_topic_names_its_subscriptions() -> None:
    with pytest.raises(TextNLPError, match="its subscriptions are generation-events/validation-sub") as caught:
        Entities(TOPOLOGY).terms(GENERATION_EVENTS)

    assert caught.value.kind is ErrorKind.NOT_FOUND


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(TextNLPError, match=BATCH_PROCESSING_QUEUE):
        Entities(TOPOLOGY).terms("batch-queue")
