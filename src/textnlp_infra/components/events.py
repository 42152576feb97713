"""Event Grid: the topic of the platform's own events, and how they get into queues and topics."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import EVENT_TOPIC, STATUS_PROPERTY, STORAGE_EVENTS, EventRoute
from textnlp.topology.queues import Queue
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.messages import Messages
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.storage import Storage
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED, MINIMUM_TLS, UNDELIVERED_EVENTS
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsConfig:
    """The topic's schema, and the routes into queues and topics; a route to a process is that process's own."""

    schema: str
    routes: tuple[EventRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivery:
    """Where events go, and as whom.

    Attributes:
        identity: who puts events into queues, and undelivered ones into a container.
    """

    messages: Messages
    storage: Storage
    identity: Resource


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """The topic, and the system topic on which storage tells of its blobs; who acts on these subscribes to it."""

    topic: Resource
    storage_topic: Resource
    resources: tuple[Resource, ...]


def events_config() -> EventsConfig:
    """Return the topic and the routes that the topology declares."""
    entities = TOPOLOGY.entities()
    published = {event.name for event in TOPOLOGY.event_types if event.published_to == EVENT_TOPIC}
    routes = [
        route
        for route in TOPOLOGY.event_routes
        if route.destination in entities and published.issuperset(route.event_types)
    ]
    return EventsConfig(schema=TOPOLOGY.event_schema, routes=tuple(routes))


def build_events(
    config: EventsConfig,
    stamp: Stamp,
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    delivery: Delivery,
) -> Events:
    """Build the topic, its subscriptions, and what the delivering identity may."""
    account = delivery.storage.accounts["primary"]
    undelivered = delivery.storage.containers["primary", UNDELIVERED_EVENTS]
    destinations = {route.destination: delivery.messages.entities[route.destination] for route in config.routes}
    grants = [
        *(assign_role(Role.MESSAGE_SENDER, entity, to=delivery.identity) for entity in destinations.values()),
        assign_role(Role.BLOB_CONTRIBUTOR, undelivered, to=delivery.identity),
    ]
    topic = stamp.resource(
        "Microsoft.EventGrid/topics",
        {
            "inputSchema": config.schema,
            "disableLocalAuth": True,
            "minimumTlsVersionAllowed": MINIMUM_TLS,
            "publicNetworkAccess": CLOSED,
        },
        identity=user_assigned(delivery.identity),
    )
    subscriptions = [
        topic.child(
            "eventSubscriptions",
            name,
            _subscription(part, config, _destination(part, destinations[part.destination]), account, delivery.identity),
            after=tuple(grants),
        )
        for route in config.routes
        for name, part in _parts(route)
    ]
    storage_topic = stamp.resource(
        "Microsoft.EventGrid/systemTopics",
        {"source": account.id, "topicType": "Microsoft.Storage.StorageAccounts"},
        part=STORAGE_EVENTS,
        identity=user_assigned(delivery.identity),
    )
    told = [diagnostics(topic, workspace), diagnostics(storage_topic, workspace)]
    endpoints = private_endpoints(topic, ["topic"], networks)
    return Events(
        topic=topic,
        storage_topic=storage_topic,
        resources=(topic, storage_topic, *grants, *subscriptions, *told, *endpoints),
    )


def _parts(route: EventRoute) -> list[tuple[str, EventRoute]]:
    """Part a route into a topic by the status that its messages carry: Event Grid writes one status a subscription."""
    if isinstance(TOPOLOGY.entity(route.destination), Queue):
        return [(route.name, route)]
    by_status: dict[str, list[str]] = {}
    for name in route.event_types:
        by_status.setdefault(_status_of(name) or "", []).append(name)
    return [
        (f"{route.name}-{status.lower()}".rstrip("-"), replace(route, event_types=tuple(types)))
        for status, types in by_status.items()
    ]


def _status_of(event_type: str) -> str | None:
    return next(event.status for event in TOPOLOGY.event_types if event.name == event_type)


def _subscription(
    route: EventRoute, config: EventsConfig, destination: Value, account: Resource, identity: Resource
) -> dict[str, Value]:
    acting: dict[str, Value] = {"type": "UserAssigned", "userAssignedIdentity": identity.id}
    return {
        "deliveryWithResourceIdentity": {"identity": acting, "destination": destination},
        "deadLetterWithResourceIdentity": {
            "identity": acting,
            "deadLetterDestination": {
                "endpointType": "StorageBlob",
                "properties": {"resourceId": account.id, "blobContainerName": UNDELIVERED_EVENTS},
            },
        },
        "eventDeliverySchema": config.schema,
        "filter": {"includedEventTypes": route.event_types, "subjectBeginsWith": route.subject_prefix},
        "retryPolicy": {
            "maxDeliveryAttempts": route.max_attempts,
            "eventTimeToLiveInMinutes": route.time_to_live_minutes,
        },
    }


def _destination(route: EventRoute, destination: Resource) -> dict[str, Value]:
    if isinstance(TOPOLOGY.entity(route.destination), Queue):
        return {"endpointType": "ServiceBusQueue", "properties": {"resourceId": destination.id}}
    status = _status_of(route.event_types[0])
    mapped: list[Value] = [
        {"name": STATUS_PROPERTY, "type": "Static", "properties": {"value": status, "isSecret": False}}
    ]
    properties: dict[str, Value] = {
        "resourceId": destination.id,
        "deliveryAttributeMappings": mapped if status else None,
    }
    return {"endpointType": "ServiceBusTopic", "properties": properties}
