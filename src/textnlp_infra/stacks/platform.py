"""The platform: what holds its data and carries its messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.containers import PRIMARY_ACCOUNT
from textnlp.topology.secret_names import DATA_ENCRYPTION_KEY, SERVICEBUS_KEY
from textnlp_infra.arm import Output, Stack, units_of
from textnlp_infra.components.cache import Cache, build_cache, cache_config
from textnlp_infra.components.database import Database, build_database, database_config
from textnlp_infra.components.encryption import Encryption
from textnlp_infra.components.events import Delivery, Events, build_events, events_config
from textnlp_infra.components.identities import ENCRYPTION, EVENTS
from textnlp_infra.components.messages import Messages, build_messages, messages_config
from textnlp_infra.components.storage import Storage, build_storage, storage_config
from textnlp_infra.environments import Environment
from textnlp_infra.stacks.compute import Compute, PlatformData, build_compute
from textnlp_infra.stacks.edge import Edge, build_edge
from textnlp_infra.stacks.foundation import Foundation, stamps_of
from textnlp_infra.stamp import Stamp

NAME = "platform"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlatformStack:
    """What later stacks refer to; stamps by region."""

    stack: Stack
    stamps: Mapping[str, Stamp]
    storage: Storage
    database: Database
    cache: Cache
    messages: Messages
    events: Events
    compute: Compute
    edge: Edge


def build_platform(environment: Environment, foundation: Foundation) -> PlatformStack:
    """Build the stack for all regions of an environment."""
    stamps = stamps_of(environment, NAME)
    primary = stamps[environment.primary.name]
    networks = foundation.private_networks(stamps)
    workspace, identities = foundation.workspace, foundation.identities
    data = Encryption(identity=identities.by_name[ENCRYPTION], key_name=DATA_ENCRYPTION_KEY, vaults=foundation.vaults)
    in_flight = Encryption(identity=data.identity, key_name=SERVICEBUS_KEY, vaults=foundation.vaults)
    storage = build_storage(storage_config(primary), primary, networks=networks, workspace=workspace, encryption=data)
    database = build_database(database_config(primary), stamps, networks=networks, workspace=workspace, encryption=data)
    cache = build_cache(cache_config(primary), stamps, networks=networks, workspace=workspace, identities=identities)
    messages = build_messages(
        messages_config(primary), primary, networks=networks, workspace=workspace, encryption=in_flight
    )
    delivery = Delivery(messages=messages, storage=storage, identity=identities.by_name[EVENTS])
    events = build_events(events_config(), primary, networks=networks, workspace=workspace, delivery=delivery)
    data_services = PlatformData(storage=storage, database=database, messages=messages, events=events)
    compute = build_compute(foundation, networks, data_services)
    edge = build_edge(foundation, stamps, compute.models)
    components = {
        "storage": storage.resources,
        "database": database.resources,
        "database-writer": database.late,
        "cache": cache.resources,
        "messages": messages.resources,
        "events": events.resources,
        **compute.components,
        **edge.components,
    }
    told = {**_addresses(data_services, cache, primary), **edge.outputs}
    units = tuple(
        unit
        for name, resources in components.items()
        for unit in units_of(name, NAME, resources, told.get(name, ()), environment=environment.name)
    )
    return PlatformStack(
        stack=Stack(name=NAME, location=environment.primary.name, units=units),
        stamps=stamps,
        storage=storage,
        database=database,
        cache=cache,
        messages=messages,
        events=events,
        compute=compute,
        edge=edge,
    )


def _addresses(data: PlatformData, cache: Cache, primary: Stamp) -> dict[str, tuple[Output, ...]]:
    """Return where everything is reached, by component."""
    return {
        "storage": (Output(name="blobAccount", value=str(data.storage.accounts[PRIMARY_ACCOUNT].name)),),
        "database": (Output(name="databaseHost", value=data.database.server.property("fullyQualifiedDomainName")),),
        "cache": (Output(name="cacheHost", value=cache.clusters[primary.region.name].property("hostName")),),
        "messages": (Output(name="serviceBusEndpoint", value=data.messages.namespace.property("serviceBusEndpoint")),),
        "events": (Output(name="eventsEndpoint", value=data.events.topic.property("endpoint")),),
    }
