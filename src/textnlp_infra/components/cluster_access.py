"""Who the cluster is: the identities of its control plane and of its machines, and what these may touch."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource
from textnlp_infra.components.managed_identity import IDENTITY
from textnlp_infra.components.network import Network
from textnlp_infra.components.private_names import linked_zone
from textnlp_infra.components.roles import Role, role_assignment
from textnlp_infra.stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterAccess:
    """What must be there before a cluster.

    Attributes:
        control_plane: the identity that joins machines to the network and writes the API server's name.
        kubelet: the identity that pulls images.
        zone: where the API server's name is.
        grants: roles, each in the group of what it is on.
    """

    control_plane: Resource
    kubelet: Resource
    zone: Resource
    resources: tuple[Resource, ...]
    grants: tuple[Resource, ...]


def build_cluster_access(stamp: Stamp, networks: Mapping[str, Network], registry: Resource) -> ClusterAccess:
    """Build the identities of a region's cluster; every network finds its API server by name."""
    control_plane = stamp.resource(IDENTITY, part="cluster")
    kubelet = stamp.resource(IDENTITY, part="kubelet")
    zone, links = linked_zone(f"private.{stamp.region.name}.azmk8s.io", stamp, networks)
    vnet = networks[stamp.region.name].vnet
    grants = (
        role_assignment(Role.NETWORK_CONTRIBUTOR, vnet, control_plane),
        role_assignment(Role.PRIVATE_DNS_ZONE_CONTRIBUTOR, zone, control_plane),
        role_assignment(Role.MANAGED_IDENTITY_OPERATOR, kubelet, control_plane),
        role_assignment(Role.ACR_PULL, registry, kubelet),
    )
    return ClusterAccess(
        control_plane=control_plane,
        kubelet=kubelet,
        zone=zone,
        resources=(control_plane, kubelet, zone, *links),
        grants=grants,
    )
