"""Identities: one a process, so that each is let into what it touches and nothing else, and those of services."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import ById, Output, Resource, Value
from textnlp_infra.stamp import Stamp

BATCH_POOL = "batch-pool"
CLUSTER = "cluster"
CLUSTER_GATEWAY = "cluster-gateway"
KUBELET = "kubelet"
GATEWAY = "gateway"
APPLICATION_GATEWAY = "application-gateway"
ENCRYPTION = "encryption"
EVENTS = "event-delivery"
SCALER = "scaler"

SERVICE_IDENTITIES: Mapping[str, str] = {
    APPLICATION_GATEWAY: "reads its certificate from the vault",
    BATCH_POOL: "the machines of the Batch pool: pull the image of the tasks",
    CLUSTER: "the cluster's control plane: joins machines to the network",
    CLUSTER_GATEWAY: "brings the certificate from the vault to the gateway inside the cluster",
    ENCRYPTION: "lets storage, database and messages use the keys in the vault",
    EVENTS: "puts events into queues and topics",
    GATEWAY: "API Management: calls models, reads named values",
    KUBELET: "the cluster's machines: pull images",
    SCALER: "the cluster's autoscaler: counts the messages that wait",
}
"""Identities of services, and what each is for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identities:
    """The identities by the name of their process or service."""

    by_name: Mapping[str, Resource]

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The client id of each, as service accounts and settings name it: `batchWorkerClientId`."""
        return tuple(
            Output(name=client_id_output(name), value=identity.property("clientId"))
            for name, identity in self.by_name.items()
        )

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All of them."""
        return tuple(self.by_name.values())


def process_identities() -> tuple[str, ...]:
    """Return the processes that have an identity: those that live in no other."""
    return tuple(process.name for process in TOPOLOGY.processes if process.part_of is None)


def build_identities(stamp: Stamp) -> Identities:
    """Build them once for an environment; every region uses the same."""
    names = (*process_identities(), *SERVICE_IDENTITIES)
    return Identities(
        by_name={name: stamp.resource("Microsoft.ManagedIdentity/userAssignedIdentities", part=name) for name in names}
    )


def system_assigned() -> dict[str, Value]:
    """Return the field `identity` of a resource that gets an identity of its own, which goes with it."""
    return {"type": "SystemAssigned"}


def user_assigned(*identities: Resource) -> dict[str, Value]:
    """Return the field `identity` of a resource that has these identities."""
    return {"type": "UserAssigned", "userAssignedIdentities": ById(tuple(identity.id for identity in identities))}


def client_id_output(name: str) -> str:
    """Return the output that tells the client id of a process's or a service's identity."""
    return f"{_camel(name)}ClientId"


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)
