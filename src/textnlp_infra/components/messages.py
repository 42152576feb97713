"""Service Bus: the queues, the topic and its subscriptions, on the terms of the topology."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Queue, Subscription, Topic, subscription_entity
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.encryption import Encryption
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.durations import written_duration
from textnlp_infra.policies import CLOSED, MINIMUM_TLS
from textnlp_infra.stamp import Stamp

_TRUE_FILTER = "1=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesConfig:
    """The namespace.

    Attributes:
        replicated_to: regions that messages are copied to.
    """

    units: int
    replicated_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Messages:
    """The namespace, and what is in it by the names that the topology gives: a subscription's is `topic/name`."""

    namespace: Resource
    entities: Mapping[str, Resource]
    resources: tuple[Resource, ...]


def messages_config(stamp: Stamp) -> MessagesConfig:
    """Return the namespace of an environment."""
    others = tuple(region.name for region in stamp.environment.regions[1:])
    return MessagesConfig(units=stamp.environment.sizes.message_units, replicated_to=others)


def build_messages(
    config: MessagesConfig,
    stamp: Stamp,
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    encryption: Encryption,
) -> Messages:
    """Build the namespace in the region that serves, with its data copied to the others."""
    namespace = _namespace(config, stamp, encryption)
    entities = {queue.name: namespace.child("queues", queue.name, _queue(queue)) for queue in TOPOLOGY.queues}
    rules: list[Resource] = []
    for declared in TOPOLOGY.topics:
        topic = namespace.child("topics", declared.name, _topic(declared))
        entities[declared.name] = topic
        for subscription in declared.subscriptions:
            made = topic.child("subscriptions", subscription.name, _subscription(subscription))
            entities[subscription_entity(declared.name, subscription.name)] = made
            rules.append(made.child("rules", subscription.rule_name, _rule(subscription)))
    told = diagnostics(namespace, workspace)
    endpoints = private_endpoints(namespace, ["namespace"], networks)
    return Messages(
        namespace=namespace, entities=entities, resources=(namespace, *entities.values(), *rules, told, *endpoints)
    )


def _namespace(config: MessagesConfig, stamp: Stamp, encryption: Encryption) -> Resource:
    places = [(stamp.region.name, "Primary"), *((region, "Secondary") for region in config.replicated_to)]
    locations: list[Value] = [{"locationName": region, "roleType": role} for region, role in places]
    key: dict[str, Value] = {
        "keyName": encryption.key_name,
        "keyVaultUri": encryption.vaults[stamp.region.name].vault.property("vaultUri"),
        "identity": {"userAssignedIdentity": encryption.identity.id},
    }
    return stamp.resource(
        "Microsoft.ServiceBus/namespaces",
        {
            "disableLocalAuth": True,
            "minimumTlsVersion": MINIMUM_TLS,
            "publicNetworkAccess": CLOSED,
            "premiumMessagingPartitions": 1,
            "zoneRedundant": stamp.environment.sizes.is_zone_redundant,
            "encryption": {
                "keySource": "Microsoft.KeyVault",
                "keyVaultProperties": [key],
                "requireInfrastructureEncryption": True,
            },
            "geoDataReplication": (
                {"maxReplicationLagDurationInSeconds": 0, "locations": locations} if config.replicated_to else None
            ),
        },
        sku={"name": "Premium", "tier": "Premium", "capacity": config.units},
        identity=user_assigned(encryption.identity),
    )


def _queue(queue: Queue) -> dict[str, Value]:
    return {
        "lockDuration": written_duration(queue.lock_seconds),
        "maxSizeInMegabytes": queue.max_size_megabytes,
        "defaultMessageTimeToLive": written_duration(queue.time_to_live_seconds),
        "deadLetteringOnMessageExpiration": queue.dead_letters_on_expiration,
        "maxDeliveryCount": queue.max_delivery_count,
        "enableBatchedOperations": queue.batched_operations,
        **_duplicates(queue.duplicate_window_seconds),
    }


def _topic(topic: Topic) -> dict[str, Value]:
    return {
        "maxSizeInMegabytes": topic.max_size_megabytes,
        "defaultMessageTimeToLive": written_duration(topic.time_to_live_seconds),
        "enableBatchedOperations": topic.batched_operations,
        **_duplicates(topic.duplicate_window_seconds),
    }


def _subscription(subscription: Subscription) -> dict[str, Value]:
    return {
        "lockDuration": written_duration(subscription.lock_seconds),
        "defaultMessageTimeToLive": written_duration(subscription.time_to_live_seconds),
        "deadLetteringOnMessageExpiration": subscription.dead_letters_on_expiration,
        "deadLetteringOnFilterEvaluationExceptions": True,
        "maxDeliveryCount": subscription.max_delivery_count,
    }


def _rule(subscription: Subscription) -> dict[str, Value]:
    return {"filterType": "SqlFilter", "sqlFilter": {"sqlExpression": subscription.filter_sql or _TRUE_FILTER}}


def _duplicates(window_seconds: int) -> dict[str, Value]:
    if not window_seconds:
        return {"requiresDuplicateDetection": False}
    return {
        "requiresDuplicateDetection": True,
        "duplicateDetectionHistoryTimeWindow": written_duration(window_seconds),
    }
