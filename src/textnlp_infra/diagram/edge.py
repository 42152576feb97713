"""What goes from one part of the estate to another: calls from the edge inwards, and copies between regions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from textnlp_infra.expansion.resource import ExpandedResource

EVERYWHERE = "global"
BOTH_WAYS = "both ways"
CALLS = "calls"
_GATEWAY = "Microsoft.Network/applicationGateways"
_ORIGIN = "Microsoft.Cdn/profiles/originGroups/origins"
_SERVICE = "Microsoft.ApiManagement/service"
_CLUSTER = "Microsoft.ContainerService/managedClusters"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_CACHE = "Microsoft.Cache/redisEnterprise"
_ENTRY_POOL = "cpu"
"""The pool that the API is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An edge; each end is a region, or `global`, and the id of a part there."""

    start: tuple[str, str]
    end: tuple[str, str]
    says: str


def edges_of(resources: Sequence[ExpandedResource]) -> Iterator[Edge]:
    """Yield every edge that the resources name."""
    yield from _ways_in(resources)
    yield from _calls(resources)
    yield from _replicas(resources)
    yield from _shared_caches(resources)


def home_of(resource: ExpandedResource) -> str:
    """Return the region of a resource, `global`, or nothing for a child, which is where its parent is."""
    return str(resource.get("location") or "")


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from texts_in(item)


def _of_type(resources: Sequence[ExpandedResource], kind: str) -> list[ExpandedResource]:
    return [resource for resource in resources if resource.type == kind]


def _ways_in(resources: Sequence[ExpandedResource]) -> Iterator[Edge]:
    for origin in _of_type(resources, _ORIGIN):
        profile = origin.id.lower().partition("/origingroups/")[0]
        link = str(origin.get("properties.sharedPrivateLinkResource.privateLink.id"))
        for gateway in _of_type(resources, _GATEWAY):
            if f"_{gateway.name}_" in link:
                end = (home_of(gateway), gateway.id.lower())
                yield Edge(start=(EVERYWHERE, profile), end=end, says="private link")


def _calls(resources: Sequence[ExpandedResource]) -> Iterator[Edge]:
    """Each region's gateway calls the API Management of its own region, and that the cluster there."""
    for gateway in _of_type(resources, _GATEWAY):
        region, told = home_of(gateway), tuple(texts_in(gateway.properties))
        for service in _of_type(resources, _SERVICE):
            if not any(text.startswith(f"{service.name}.") for text in told):
                continue
            middle = (region, service.id.lower())
            yield Edge(start=(region, gateway.id.lower()), end=middle, says=CALLS)
            for cluster in _of_type(resources, _CLUSTER):
                if home_of(cluster) == region:
                    yield Edge(start=middle, end=(region, f"{cluster.id.lower()}/{_ENTRY_POOL}"), says=CALLS)


def _replicas(resources: Sequence[ExpandedResource]) -> Iterator[Edge]:
    servers = {server.id.lower(): server for server in _of_type(resources, _SERVER)}
    for server in servers.values():
        source = servers.get(str(server.get("properties.sourceServerResourceId")).lower())
        if source:
            start, end = (home_of(source), source.id.lower()), (home_of(server), server.id.lower())
            yield Edge(start=start, end=end, says="replica")


def _shared_caches(resources: Sequence[ExpandedResource]) -> Iterator[Edge]:
    homes = {cache.id.lower(): home_of(cache) for cache in _of_type(resources, _CACHE)}
    for database in _of_type(resources, f"{_CACHE}/databases"):
        own = database.id.lower().partition("/databases/")[0]
        for linked in database.get("properties.geoReplication.linkedDatabases") or ():
            other = str(linked["id"]).lower().partition("/databases/")[0]
            if own != other:
                yield Edge(start=(homes[other], other), end=(homes[own], own), says=BOTH_WAYS)
