"""The edge of the platform: all that a call passes before it reaches the cluster, and how people get in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.services import BREAK_GLASS_ROUTING, VPN
from textnlp_infra.arm import Output, Resource
from textnlp_infra.components.application_gateway import (
    ApplicationGateway,
    CertificateSource,
    application_gateway_config,
    build_application_gateway,
)
from textnlp_infra.components.bastion import build_bastion
from textnlp_infra.components.break_glass_routing import build_break_glass_routing
from textnlp_infra.components.cluster_host import build_cluster_host, cluster_host_config
from textnlp_infra.components.front_door import (
    FrontDoor,
    Origin,
    build_front_door,
    build_way_in,
    front_door_config,
)
from textnlp_infra.components.gateway import Gateway, build_gateway, build_gateway_names, gateway_config
from textnlp_infra.components.gateway_apis import build_publication
from textnlp_infra.components.gateway_backends import build_backends
from textnlp_infra.components.identities import APPLICATION_GATEWAY
from textnlp_infra.components.models import Models
from textnlp_infra.components.semantic_cache import build_semantic_cache, semantic_cache_config
from textnlp_infra.components.vpn_gateway import build_vpn_gateway, vpn_config
from textnlp_infra.stacks.foundation import Foundation
from textnlp_infra.stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edge:
    """The edge, as later stacks refer to it.

    Attributes:
        application_gateways: by region.
        components: the resources by component.
        outputs: what is told after the deployment, by component.
    """

    front_door: FrontDoor
    application_gateways: Mapping[str, ApplicationGateway]
    gateway: Gateway
    components: Mapping[str, tuple[Resource, ...]]
    outputs: Mapping[str, tuple[Output, ...]]


def build_edge(foundation: Foundation, stamps: Mapping[str, Stamp], models: Mapping[str, Models]) -> Edge:
    """Build the edge; `models` by region, the primary one first, as `stamps` are."""
    environment, workspace = foundation.environment, foundation.workspace
    primary = stamps[environment.primary.name]
    network = foundation.networks[primary.region.name]
    gateway, behind = _gateway(foundation, stamps, models)
    front_door = build_front_door(front_door_config(environment), primary, workspace)
    gateways = _application_gateways(foundation, stamps, gateway, front_door)
    origins = tuple(Origin(region=region, link=built.link) for region, built in gateways.items())
    components = {
        "front-door": front_door.resources,
        **behind,
        "application-gateway": _all(built.resources for built in gateways.values()),
        "front-door-way": build_way_in(front_door, origins),
        "bastion": build_bastion(primary, network, workspace),
    }
    if BREAK_GLASS_ROUTING in environment.optional_services:
        components[BREAK_GLASS_ROUTING] = build_break_glass_routing(primary, front_door, gateways, workspace)
    if VPN in environment.optional_services:
        components[VPN] = build_vpn_gateway(vpn_config(), primary, network, workspace)
    return Edge(
        front_door=front_door,
        application_gateways=gateways,
        gateway=gateway,
        components=components,
        outputs={"front-door": front_door.outputs},
    )


def _gateway(
    foundation: Foundation, stamps: Mapping[str, Stamp], models: Mapping[str, Models]
) -> tuple[Gateway, dict[str, tuple[Resource, ...]]]:
    environment, workspace, networks = foundation.environment, foundation.workspace, foundation.networks
    gateway = build_gateway(gateway_config(environment), stamps, networks, workspace)
    backends = build_backends(gateway, environment.host, models)
    watched_by = foundation.insights.components["api"]
    publication = build_publication(gateway, insights=watched_by, backends=backends.resources)
    cache = build_semantic_cache(
        semantic_cache_config(environment),
        stamps[environment.primary.name],
        gateway=gateway,
        networks=foundation.private_networks(stamps),
        workspace=workspace,
    )
    return gateway, {
        "gateway": gateway.resources,
        "gateway-names": build_gateway_names(gateway, stamps, foundation.zones),
        "gateway-cache": cache,
        "cluster-host": _all(
            build_cluster_host(cluster_host_config(stamp), stamp, networks[region]) for region, stamp in stamps.items()
        ),
        "gateway-access": (*backends.grants, *publication.grants),
        "gateway-backends": backends.resources,
        "gateway-apis": publication.resources,
    }


def _application_gateways(
    foundation: Foundation, stamps: Mapping[str, Stamp], gateway: Gateway, front_door: FrontDoor
) -> dict[str, ApplicationGateway]:
    identity = foundation.identities.by_name[APPLICATION_GATEWAY]
    return {
        region: build_application_gateway(
            application_gateway_config(stamp, gateway.host),
            stamp,
            network=foundation.networks[region],
            front_door=front_door,
            certificates=CertificateSource(vault=foundation.vaults[region].vault, identity=identity),
            workspace=foundation.workspace,
        )
        for region, stamp in stamps.items()
    }


def _all(parts: Iterable[tuple[Resource, ...]]) -> tuple[Resource, ...]:
    return tuple(resource for part in parts for resource in part)
