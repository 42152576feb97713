from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import GENERATION_EVENTS
from textnlp_infra.arm import Resource
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform

_DEV = environment("dev")
_FOUNDATION = build_foundation(_DEV)
_EVENTS = build_platform(_DEV, _FOUNDATION).events
_SUBSCRIPTIONS: dict[str, Any] = {
    str(item.name): cast("Any", item.properties)
    for item in _EVENTS.resources
    if item.type == "Microsoft.EventGrid/topics/eventSubscriptions"
}


def test_a_route_into_the_topic_is_parted_by_the_status_that_filters_look_at() -> None:
    for name, properties in _SUBSCRIPTIONS.items():
        destination = properties["deliveryWithResourceIdentity"]["destination"]
        if destination["endpointType"] != "ServiceBusTopic":
            continue
        (status,) = destination["properties"]["deliveryAttributeMappings"]
        types = properties["filter"]["includedEventTypes"]
        declared = {event.status for event in TOPOLOGY.event_types if event.name in types}
        assert declared == {status["properties"]["value"]}, name


def test_every_declared_event_of_a_route_is_carried() -> None:
    carried = {event for properties in _SUBSCRIPTIONS.values() for event in properties["filter"]["includedEventTypes"]}
    into_entities = [route for route in TOPOLOGY.event_routes if route.destination in TOPOLOGY.entities()]
    assert carried == {event for route in into_entities for event in route.event_types}
    assert any(route.destination == GENERATION_EVENTS for route in into_entities)


def test_storage_tells_of_its_blobs_on_a_topic_of_its_own() -> None:
    primary = build_platform(_DEV, _FOUNDATION).storage.accounts["primary"]
    assert _EVENTS.storage_topic.name == "egst-textnlp-dev-eus2-storage-events"
    assert primary.name in [use.name for use in _EVENTS.storage_topic.uses() if isinstance(use, Resource)]


def test_events_are_delivered_as_an_identity_that_may_send_there_alone() -> None:
    assigned = [item for item in _EVENTS.resources if item.type.endswith("/roleAssignments")]
    assert {item.scope.name for item in assigned if item.scope} == {
        "generation-events",
        "validation-queue",
        "undelivered-events",
    }
