from typing import Any, cast

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Queue
from textnlp_infra.durations import written_duration
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform

_PROD, _DEV = environment("prod"), environment("dev")
_MESSAGES = build_platform(_PROD, build_foundation(_PROD)).messages


def test_everything_that_is_declared_exists_and_nothing_else() -> None:
    assert set(_MESSAGES.entities) == set(TOPOLOGY.entities())


@pytest.mark.parametrize("queue", TOPOLOGY.queues, ids=lambda queue: queue.name)
def test_a_queue_keeps_the_declared_terms(queue: Queue) -> None:
    properties = cast("Any", _MESSAGES.entities[queue.name].properties)
    assert properties["lockDuration"] == written_duration(queue.lock_seconds)
    assert properties["maxDeliveryCount"] == queue.max_delivery_count
    assert properties["maxSizeInMegabytes"] == queue.max_size_megabytes
    assert properties["requiresDuplicateDetection"] is True


def test_a_filter_takes_the_place_of_the_one_that_lets_everything_through() -> None:
    rules = {
        str(rule.parent.name): (rule.name, cast("Any", rule.properties)["sqlFilter"]["sqlExpression"])
        for rule in _MESSAGES.resources
        if rule.type.endswith("/rules") and rule.parent
    }
    assert rules["validation-sub"] == ("$Default", "Status = 'Completed'")
    assert rules["monitoring-sub"] == ("$Default", "1=1")


def test_messages_are_copied_where_there_is_another_region() -> None:
    replication = cast("Any", _MESSAGES.namespace.properties)["geoDataReplication"]
    assert [place["roleType"] for place in replication["locations"]] == ["Primary", "Secondary"]
    alone = build_platform(_DEV, build_foundation(_DEV)).messages.namespace
    assert cast("Any", alone.properties)["geoDataReplication"] is None
