"""Private names: the zones in which data services have addresses inside a network, and the ways in.

Each region has zones of its own, so that it reaches every service through an endpoint of its own, whatever becomes of
the other region.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.network import Network
from textnlp_infra.policies import PRIVATE_LINKS, PrivateLink, private_zones
from textnlp_infra.stamp import GLOBAL, Stamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrivateNetwork:
    """A region's network with its zones: where endpoints are put.

    Attributes:
        stamp: names and places the endpoints; of the stack that they belong to.
        zones: private DNS zones by name.
    """

    stamp: Stamp
    network: Network
    zones: Mapping[str, Resource]


def build_private_names(stamp: Stamp, network: Network) -> tuple[dict[str, Resource], tuple[Resource, ...]]:
    """Return the zones of a region by name, and them with their links to its network."""
    zones = {
        name: stamp.resource("Microsoft.Network/privateDnsZones", name=name, location=GLOBAL)
        for name in private_zones()
    }
    return zones, (*zones.values(), *(network_link(zone, stamp, network) for zone in zones.values()))


def network_link(zone: Resource, stamp: Stamp, network: Network) -> Resource:
    """Return what lets a network look names up in a zone."""
    return Resource(
        type=f"{zone.type}/virtualNetworkLinks",
        name="to-network",
        group=stamp.group,
        parent=zone,
        location=GLOBAL,
        tags=stamp.tags,
        properties={"virtualNetwork": {"id": network.vnet.id}, "registrationEnabled": False},
    )


def private_endpoints(
    target: Resource, groups: Iterable[str], networks: Iterable[PrivateNetwork]
) -> tuple[Resource, ...]:
    """Return a way from every network into the named parts of `target`, and the entries in the networks' zones.

    Raises `ValueError` for a part that `policies.PRIVATE_LINKS` does not know.
    """
    known = {link.group: link for link in PRIVATE_LINKS.get(target.type, ())}
    made: list[Resource] = []
    for group in groups:
        if group not in known:
            raise ValueError(f"{target.type} has no part '{group}'; write it into textnlp_infra/policies.py if it has")
        for network in networks:
            made += _endpoint(target, known[group], network)
    return tuple(made)


def _endpoint(target: Resource, link: PrivateLink, place: PrivateNetwork) -> tuple[Resource, Resource]:
    connections: list[Value] = [
        {"name": link.group, "properties": {"privateLinkServiceId": target.id, "groupIds": [link.group]}},
    ]
    endpoint = place.stamp.resource(
        "Microsoft.Network/privateEndpoints",
        {
            "subnet": {"id": place.network.subnet_id("private-endpoints")},
            "privateLinkServiceConnections": connections,
        },
        name=f"pep-{target.name}-{link.group}",
    )
    entries: list[Value] = [
        {"name": zone.replace(".", "-"), "properties": {"privateDnsZoneId": place.zones[zone].id}}
        for zone in link.zones_in(str(target.location))
    ]
    return endpoint, endpoint.child("privateDnsZoneGroups", "default", {"privateDnsZoneConfigs": entries})
