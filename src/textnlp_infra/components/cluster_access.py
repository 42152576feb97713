"""What the cluster's control plane may touch, given before there is a cluster."""

from collections.abc import Iterable

from textnlp_infra.arm import Resource
from textnlp_infra.components.identities import CLUSTER, KUBELET, Identities
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.policies import API_SERVER_ZONE
from textnlp_infra.roles import Role, assign_role


def api_server_zone(place: PrivateNetwork) -> Resource:
    """Return the zone in which a region's API server has its name."""
    return place.zones[API_SERVER_ZONE.format(region=place.stamp.region.name)]


def build_cluster_grants(networks: Iterable[PrivateNetwork], identities: Identities) -> tuple[Resource, ...]:
    """Let the control plane join machines to networks, write the API servers' names and hand machines their identity.

    The clusters of all regions have the same identities.
    """
    control_plane = identities.by_name[CLUSTER]
    on_networks = [
        assign_role(role, scope, to=control_plane)
        for place in networks
        for role, scope in (
            (Role.NETWORK_CONTRIBUTOR, place.network.vnet),
            (Role.PRIVATE_ZONE_CONTRIBUTOR, api_server_zone(place)),
        )
    ]
    return (assign_role(Role.IDENTITY_OPERATOR, identities.by_name[KUBELET], to=control_plane), *on_networks)
