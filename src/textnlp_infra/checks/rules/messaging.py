"""Queues, topics and events: on terms that Service Bus keeps, and under names that the topology declares."""

from collections.abc import Iterator, Mapping

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import MAX_LOCK_SECONDS
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, part, texts
from textnlp_infra.durations import duration_seconds
from textnlp_infra.expansion.resource import ExpandedResource

_NAMESPACE = "Microsoft.ServiceBus/namespaces"
_QUEUE = f"{_NAMESPACE}/queues"
_TOPIC = f"{_NAMESPACE}/topics"
_SUBSCRIPTION = f"{_TOPIC}/subscriptions"
_EVENT_SUBSCRIPTIONS = (
    "Microsoft.EventGrid/topics/eventSubscriptions",
    "Microsoft.EventGrid/systemTopics/eventSubscriptions",
)
_DURATIONS = ("lockDuration", "defaultMessageTimeToLive", "duplicateDetectionHistoryTimeWindow", "autoDeleteOnIdle")
_SIZE_STEP = 1_024


def durations(graph: Graph) -> Iterator[Finding]:
    """Yield durations that are none, and locks longer than Service Bus grants."""
    for resource in _entities(graph):
        for name in _DURATIONS:
            text = resource.properties.get(name)
            seconds = duration_seconds(str(text)) if text is not None else 0
            if seconds is None:
                yield found(resource, f"{name} is {text!r}, no duration", "write one as PT5M")
            elif name == "lockDuration" and seconds > MAX_LOCK_SECONDS:
                yield found(resource, f"lockDuration is {text}", "write PT5M at most; longer work renews its lock")


def declared_entities(graph: Graph) -> Iterator[Finding]:
    """Yield queues, topics and subscriptions that the topology does not know, and those of it that are missing."""
    declared = TOPOLOGY.entities()
    made = {resource.name.partition("/")[2]: resource for resource in _entities(graph)}
    for name, resource in made.items():
        if name not in declared:
            yield found(resource, f"'{name}' is not in the topology", f"write one of {', '.join(sorted(declared))}")
    for namespace in graph.of_type(_NAMESPACE):
        for name in sorted(declared.keys() - made.keys()):
            yield found(namespace, f"'{name}' of the topology is missing", "make it")


def declared_terms(graph: Graph) -> Iterator[Finding]:
    """Yield entities that give up, hold or expire messages otherwise than the topology says."""
    declared = TOPOLOGY.entities()
    for resource in _entities(graph):
        entity = declared.get(resource.name.partition("/")[2])
        if entity is None:
            continue
        wanted: Mapping[str, object] = {
            "maxDeliveryCount": getattr(entity, "max_delivery_count", None),
            "maxSizeInMegabytes": getattr(entity, "max_size_megabytes", None),
        }
        for name, value in wanted.items():
            if value is not None and resource.properties.get(name) != value:
                yield found(resource, f"{name} is {resource.properties.get(name)!r}", f"write {value}, as declared")
        live = duration_seconds(str(resource.properties.get("defaultMessageTimeToLive")))
        if live is not None and live != entity.time_to_live_seconds:
            yield found(
                resource,
                f"messages live for {live} seconds",
                f"write {entity.time_to_live_seconds} seconds as a duration, as declared",
            )


def premium_terms(graph: Graph) -> Iterator[Finding]:
    """Yield what a Premium namespace does not take."""
    for resource in _entities(graph):
        if resource.properties.get("enablePartitioning"):
            yield found(resource, "enablePartitioning is set", "leave it out: Premium parts whole namespaces")
        size = resource.properties.get("maxSizeInMegabytes")
        if isinstance(size, int) and size % _SIZE_STEP:
            yield found(resource, f"maxSizeInMegabytes is {size}", "write a multiple of 1024")
    for namespace in graph.of_type(_NAMESPACE):
        if namespace.properties.get("encryption") and not namespace.body.get("identity"):
            yield found(namespace, "encrypts with a key and has no identity to get it by", "give it an identity")
        partitions, units = namespace.properties.get("premiumMessagingPartitions"), namespace.get("sku.capacity")
        if isinstance(partitions, int) and isinstance(units, int) and units % partitions:
            yield found(
                namespace,
                f"{units} units are no multiple of {partitions} partitions",
                f"write a multiple of {partitions} as sku.capacity",
            )


def filter_rules(graph: Graph) -> Iterator[Finding]:
    """Yield subscriptions whose filter lets everything through beside it, or another through than is declared."""
    for topic in TOPOLOGY.topics:
        for declared in topic.subscriptions:
            for made in graph.of_type(_SUBSCRIPTION):
                if not made.name.endswith(f"/{topic.name}/{declared.name}"):
                    continue
                rules = {rule.name.rpartition("/")[2]: rule for rule in graph.children(made, "rules")}
                rule = rules.get(declared.rule_name)
                if rules and rule is None:
                    yield found(
                        made,
                        f"its filter is named {', '.join(rules)}, beside Azure's own that lets all through",
                        f"name it {declared.rule_name}",
                    )
                expression = part(rule.properties, "sqlFilter").get("sqlExpression") if rule else None
                if declared.filter_sql and rule and expression != declared.filter_sql:
                    yield found(rule, f"lets through {expression!r}", f"write {declared.filter_sql!r}, as declared")


def event_deliveries(graph: Graph) -> Iterator[Finding]:
    """Yield event subscriptions that deliver as nobody, lose what is not taken, or carry undeclared types."""
    declared = {event.name for event in TOPOLOGY.event_types}
    for kind in _EVENT_SUBSCRIPTIONS:
        for resource in graph.of_type(kind):
            properties = resource.properties
            is_webhook = part(properties, "destination").get("endpointType") == "WebHook"
            if "destination" in properties and not is_webhook:
                yield found(resource, "delivers without an identity", "write deliveryWithResourceIdentity")
            if not {"deadLetterDestination", "deadLetterWithResourceIdentity"} & properties.keys():
                yield found(resource, "loses what is not taken", "write deadLetterWithResourceIdentity")
            if properties.get("eventDeliverySchema") != TOPOLOGY.event_schema and not is_webhook:
                yield found(
                    resource,
                    f"eventDeliverySchema is {properties.get('eventDeliverySchema')!r}",
                    f"write {TOPOLOGY.event_schema}",
                )
            for name in texts(part(properties, "filter").get("includedEventTypes")):
                if name not in declared:
                    yield found(
                        resource, f"event type '{name}' is not in the topology", f"write one of {sorted(declared)}"
                    )


def _entities(graph: Graph) -> Iterator[ExpandedResource]:
    for kind in (_QUEUE, _TOPIC, _SUBSCRIPTION):
        yield from graph.of_type(kind)
