"""Ways in, and what is told: private endpoints with their zones, and diagnostic settings."""

from collections.abc import Iterator

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.policies import DIAGNOSTICS, PRIVATE_LINKS

_ENDPOINT = "Microsoft.Network/privateEndpoints"
_SETTINGS = "Microsoft.Insights/diagnosticSettings"


def private_endpoints(graph: Graph) -> Iterator[Finding]:
    """Yield data services that the network of some region does not reach."""
    reached = {
        (target.lower(), endpoint.body.get("location"))
        for endpoint in graph.of_type(_ENDPOINT)
        for target, _ in _connections(endpoint)
    }
    for kind in PRIVATE_LINKS:
        for service in graph.of_type(kind):
            for region in graph.environment.regions:
                if (service.id.lower(), region.name) not in reached:
                    yield found(
                        service,
                        f"has no private endpoint in {region.name}",
                        "add one with private_names.private_endpoints",
                    )


def endpoint_zones(graph: Graph) -> Iterator[Finding]:
    """Yield endpoints to a part that the service does not have, or whose zones lack an entry."""
    for endpoint in graph.of_type(_ENDPOINT):
        groups = list(graph.children(endpoint, "privateDnsZoneGroups"))
        entries = {
            str(entry["properties"]["privateDnsZoneId"]).rpartition("/")[2]
            for group in groups
            for entry in items(group.properties.get("privateDnsZoneConfigs"))
        }
        for target, part in _connections(endpoint):
            service = graph.find(target)
            links = PRIVATE_LINKS.get(service.type, ()) if service else ()
            link = next((link for link in links if link.group == part), None)
            if service and link is None:
                known = ", ".join(link.group for link in links) or "none"
                yield found(endpoint, f"leads to part '{part}' of {service.type}", f"write one of {known}")
            zones = link.zones_in(str(service.body.get("location"))) if link and service else ()
            for zone in zones:
                if zone not in entries:
                    yield found(endpoint, f"has no entry in the zone {zone}", "add it to its DNS zone group")


def diagnostic_settings(graph: Graph) -> Iterator[Finding]:
    """Yield resources that keep to themselves what happens to them."""
    for kind, told in DIAGNOSTICS.items():
        for resource in graph.of_type(kind):
            settings = list(graph.extensions(resource, _SETTINGS))
            if not settings:
                yield found(resource, "has no diagnostic setting", "add one with workspace.diagnostics")
            for what, is_told in (("logs", told.logs), ("metrics", told.metrics)):
                sent = [item for setting in settings for item in items(setting.properties.get(what))]
                if settings and is_told and not any(item.get("enabled") for item in sent):
                    yield found(resource, f"its diagnostic setting sends no {what}", f"enable its {what}")


def workspace_of_settings(graph: Graph) -> Iterator[Finding]:
    """Yield settings that send to nowhere, or what their resource's type does not have."""
    for setting in graph.of_type(_SETTINGS):
        target = graph.find(setting.scope)
        if graph.find(setting.properties.get("workspaceId")) is None:
            yield found(setting, "sends to no workspace of the estate", "write workspaceId")
        told = DIAGNOSTICS.get(target.type) if target else None
        if target and told is None:
            yield found(setting, f"{target.type} has no diagnostic settings", "leave it out")
        for what, is_told in (("logs", told.logs), ("metrics", told.metrics)) if told else ():
            if setting.properties.get(what) and not is_told:
                yield found(setting, f"its resource's type has no {what}", f"leave {what} out")


def _connections(endpoint: ExpandedResource) -> Iterator[tuple[str, str]]:
    for connection in items(endpoint.properties.get("privateLinkServiceConnections")):
        properties = connection["properties"]
        for part in properties.get("groupIds") or [""]:
            yield str(properties["privateLinkServiceId"]), str(part)
