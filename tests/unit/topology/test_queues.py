from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.queues import (
    BATCH_PROCESSING_QUEUE,
    GENERATION_EVENTS,
    QUEUES,
    TEXT_GENERATION_QUEUE,
    TOPICS,
    VALIDATION_QUEUE,
    Queue,
    subscription_entity,
)

_DAY = 86_400


def _queue(name: str) -> Queue:
    return next(queue for queue in QUEUES if queue.name == name)


def test_the_three_queues_keep_the_terms_of_the_design() -> None:
    terms = {
        queue.name: (queue.max_size_megabytes, queue.time_to_live_seconds, queue.max_delivery_count) for queue in QUEUES
    }
    assert terms == {
        TEXT_GENERATION_QUEUE: (5_120, 14 * _DAY, 3),
        BATCH_PROCESSING_QUEUE: (10_240, 7 * _DAY, 5),
        VALIDATION_QUEUE: (5_120, 7 * _DAY, 5),
    }


def test_a_batch_is_held_for_thirty_minutes_by_renewing_locks_of_five() -> None:
    queue = _queue(BATCH_PROCESSING_QUEUE)
    assert queue.lock_seconds == 300
    assert queue.lease_seconds == 1_800


def test_every_queue_remembers_ids_and_keeps_what_expires() -> None:
    for queue in QUEUES:
        assert queue.duplicate_window_seconds > 0
        assert queue.dead_letters_on_expiration


def test_validation_hears_of_what_completed_and_monitoring_and_webhooks_of_all() -> None:
    (topic,) = TOPICS
    assert topic.name == GENERATION_EVENTS
    filters = {subscription.name: subscription.filter_sql for subscription in topic.subscriptions}
    assert filters == {"validation-sub": "Status = 'Completed'", "monitoring-sub": None, "webhooks-sub": None}


def test_the_filter_replaces_the_rule_that_lets_everything_through() -> None:
    for subscription in TOPICS[0].subscriptions:
        assert subscription.rule_name == "$Default"


def test_a_subscription_is_named_by_its_topic_and_itself() -> None:
    assert subscription_entity("generation-events", "validation-sub") == "generation-events/validation-sub"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lock_seconds": 1_800}, "queue 'text-generation-queue': lock_seconds is 1800, .* lease_seconds"),
        ({"lock_seconds": 0}, "lock_seconds is 0"),
        ({"lease_seconds": 60}, "lease_seconds is 60, shorter than one lock of 300"),
        ({"max_size_megabytes": 5_000}, "max_size_megabytes is 5000"),
        ({"duplicate_window_seconds": 5}, "duplicate_window_seconds is 5"),
        ({"duplicate_window_seconds": 8 * _DAY}, "duplicate_window_seconds is 691200"),
        ({"time_to_live_seconds": 0}, "time_to_live_seconds is 0"),
        ({"max_delivery_count": 0}, "max_delivery_count is 0"),
    ],
)
def test_a_queue_that_service_bus_would_refuse_is_refused_by_name(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(_queue(TEXT_GENERATION_QUEUE), **changes)


def test_duplicate_detection_can_be_off() -> None:
    assert replace(_queue(VALIDATION_QUEUE), duplicate_window_seconds=0).duplicate_window_seconds == 0


def test_a_subscription_with_a_blank_filter_or_a_long_lock_is_refused() -> None:
    subscription = TOPICS[0].subscriptions[0]
    with pytest.raises(ValueError, match="subscription 'validation-sub': filter_sql is blank"):
        replace(subscription, filter_sql="  ")
    with pytest.raises(ValueError, match="subscription 'validation-sub': lock_seconds is 301"):
        replace(subscription, lock_seconds=301, lease_seconds=301)


def test_a_topic_that_nobody_listens_to_is_refused() -> None:
    with pytest.raises(ValueError, match="topic 'generation-events': has no subscription"):
        replace(TOPICS[0], subscriptions=())


def test_a_topic_of_no_orderable_size_is_refused() -> None:
    with pytest.raises(ValueError, match="topic 'generation-events': max_size_megabytes is 1"):
        replace(TOPICS[0], max_size_megabytes=1)
