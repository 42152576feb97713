"""Private names: the zones in which data services have addresses inside the network, and the ways in."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.network import Network
from textnlp_infra.policies import PRIVATE_LINKS, private_zones
from textnlp_infra.stamp import GLOBAL, Stamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrivateNames:
    """The zones by name, each linked to the networks of all regions."""

    zones: Mapping[str, Resource]
    resources: tuple[Resource, ...]


def build_private_names(stamp: Stamp, networks: Mapping[str, Network]) -> PrivateNames:
    """Build the zones once for the estate; `stamp` is where they lie, they hold in every network."""
    zones: dict[str, Resource] = {}
    links: list[Resource] = []
    for name in private_zones():
        zone = Resource(
            type="Microsoft.Network/privateDnsZones", name=name, group=stamp.group, location=GLOBAL, tags=stamp.tags
        )
        zones[name] = zone
        for region, network in networks.items():
            links.append(
                Resource(
                    type=f"{zone.type}/virtualNetworkLinks",
                    name=f"to-{region}",
                    group=stamp.group,
                    parent=zone,
                    location=GLOBAL,
                    tags=stamp.tags,
                    properties={"virtualNetwork": {"id": network.vnet.id}, "registrationEnabled": False},
                )
            )
    return PrivateNames(zones=zones, resources=(*zones.values(), *links))


def private_endpoint(
    target: Resource, group: str, stamp: Stamp, *, network: Network, names: PrivateNames
) -> tuple[Resource, ...]:
    """Return a way from a region's network into one part of `target`, and the entries in its zones.

    Raises `ValueError` for a part that `policies.PRIVATE_LINKS` does not know.
    """
    link = next((link for link in PRIVATE_LINKS.get(target.type, ()) if link.group == group), None)
    if link is None or not isinstance(target.name, str):
        raise ValueError(f"{target.type} has no part '{group}'; write it into textnlp_infra/policies.py if it has")
    connections: list[Value] = [
        {"name": group, "properties": {"privateLinkServiceId": target.id, "groupIds": [group]}},
    ]
    endpoint = stamp.resource(
        "Microsoft.Network/privateEndpoints",
        {"subnet": {"id": network.subnet_id("private-endpoints")}, "privateLinkServiceConnections": connections},
        name=f"pep-{target.name}-{group}",
    )
    entries: list[Value] = [
        {"name": zone.replace(".", "-"), "properties": {"privateDnsZoneId": names.zones[zone].id}}
        for zone in link.zones
    ]
    return endpoint, endpoint.child("privateDnsZoneGroups", "default", {"privateDnsZoneConfigs": entries})
