"""Federated credentials: a service account of the cluster signs in as a managed identity, with no secret between."""

from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import CLUSTER_SERVICE
from textnlp_infra.arm import Resource
from textnlp_infra.components.identities import CLUSTER_GATEWAY, SCALER, Identities

_AUDIENCE = "api://AzureADTokenExchange"
_GATEWAY_NAMESPACE = "gateway"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account, where it is in the cluster."""

    namespace: str
    name: str

    @property
    def subject(self) -> str:
        """Whom its tokens are about."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"


def service_accounts(namespace: str) -> dict[str, ServiceAccount]:
    """Return by the name of an identity who in the cluster signs in as it; a process has the account of its name."""
    processes = [
        process.name for process in TOPOLOGY.processes if process.host == CLUSTER_SERVICE and process.part_of is None
    ]
    return {
        **{name: ServiceAccount(namespace, name) for name in processes},
        SCALER: ServiceAccount("kube-system", "keda-operator"),
        CLUSTER_GATEWAY: ServiceAccount(_GATEWAY_NAMESPACE, "gateway-certificate"),
    }


def build_federation(
    identities: Identities, cluster: Resource, namespace: str, *, after: tuple[Resource, ...] = ()
) -> tuple[Resource, ...]:
    """Return the credentials by which the accounts of a cluster sign in; each lies in the group of its identity.

    Azure writes one credential of an identity at a time: those of the next cluster come `after` these.
    """
    issuer = cluster.property("oidcIssuerProfile.issuerURL")
    return tuple(
        identities.by_name[name].child(
            "federatedIdentityCredentials",
            str(cluster.name),
            {"issuer": issuer, "subject": account.subject, "audiences": [_AUDIENCE]},
            after=after,
        )
        for name, account in service_accounts(namespace).items()
    )
