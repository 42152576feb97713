"""Access: what the topology lets each process receive, send, publish, read and write, as roles on single resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import EVENT_TOPIC
from textnlp.topology.processes import Process
from textnlp.topology.secret_names import SecretKind
from textnlp.topology.services import LOGS
from textnlp_infra.arm import Resource
from textnlp_infra.components.identities import Identities
from textnlp_infra.components.messages import Messages
from textnlp_infra.components.storage import Storage
from textnlp_infra.roles import Role, assign_role


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reached:
    """What processes are let into.

    Attributes:
        vault: where secrets are; keys by name are in it.
        insights: where telemetry is sent to.
    """

    messages: Messages
    storage: Storage
    topic: Resource
    vault: Resource
    keys: Mapping[str, Resource]
    insights: tuple[Resource, ...]


def build_process_access(identities: Identities, reached: Reached) -> tuple[Resource, ...]:
    """Return every role of every process; a process inside another acts as that one."""
    given: dict[tuple[Role, Resource, str], None] = {}
    for process in TOPOLOGY.processes:
        identity = process.part_of or process.name
        given |= {(role, scope, identity): None for role, scope in _grants(process, reached)}
    return tuple(assign_role(role, scope, to=identities.by_name[name]) for role, scope, name in given)


def _grants(process: Process, reached: Reached) -> Iterator[tuple[Role, Resource]]:
    entities = reached.messages.entities
    yield from ((Role.MESSAGE_RECEIVER, entities[name]) for name in process.receives)
    yield from ((Role.MESSAGE_SENDER, entities[name]) for name in process.sends)
    published = {event.name for event in TOPOLOGY.event_types if event.published_to == EVENT_TOPIC}
    if published.intersection(process.publishes):
        yield Role.EVENT_SENDER, reached.topic
    written = {_container(prefix) for prefix in process.writes}
    read = {_container(prefix) for prefix in process.reads} - written
    containers = reached.storage.containers
    yield from ((Role.BLOB_CONTRIBUTOR, containers[place]) for place in sorted(written))
    yield from ((Role.BLOB_READER, containers[place]) for place in sorted(read))
    kinds = {secret.name: secret.kind for secret in TOPOLOGY.secrets}
    if any(kinds[name] is SecretKind.SECRET for name in process.secrets):
        yield Role.SECRETS_USER, reached.vault
    yield from ((Role.CRYPTO_USER, reached.keys[name]) for name in process.secrets if kinds[name] is SecretKind.KEY)
    if LOGS in process.uses:
        yield from ((Role.METRICS_PUBLISHER, component) for component in reached.insights)


def _container(prefix: str) -> tuple[str, str]:
    return TOPOLOGY.storage_account_of(prefix).name, prefix.partition("/")[0]
