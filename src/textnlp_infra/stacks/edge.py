"""The edge of the platform: all that a call passes before it reaches the cluster, and how people get in."""

from collections.abc import Mapping
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
from textnlp_infra.components.traffic_manager import build_traffic_manager
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
    """Build the edge in the order of a call's way back: what is behind first; `models` by region."""
    environment, workspace = foundation.environment, foundation.workspace
    primary = stamps[environment.primary.name]
    networks = foundation.networks
    gateway = build_gateway(gateway_config(environment), stamps, networks, workspace)
    hosts = {
        region: build_cluster_host(cluster_host_config(stamp), stamp, networks[region])
        for region, stamp in stamps.items()
    }
    backends = build_backends(gateway, environment.host, models)
    publication = build_publication(
        gateway, insights=foundation.insights.components["api"], backends=backends.resources
    )
    front_door = build_front_door(front_door_config(environment), primary, workspace)
    gateways = {
        region: build_application_gateway(
            application_gateway_config(stamp, gateway.host),
            stamp,
            network=networks[region],
            front_door=front_door,
            certificates=CertificateSource(
                vault=foundation.vaults[region].vault, identity=foundation.identities.by_name[APPLICATION_GATEWAY]
            ),
            workspace=workspace,
        )
        for region, stamp in stamps.items()
    }
    origins = tuple(Origin(region=region, link=built.link) for region, built in gateways.items())
    components: dict[str, tuple[Resource, ...]] = {
        "front-door": front_door.resources,
        "gateway": gateway.resources,
        "gateway-names": build_gateway_names(gateway, stamps, foundation.zones),
        "gateway-cache": build_semantic_cache(
            semantic_cache_config(environment),
            primary,
            gateway=gateway,
            networks=foundation.private_networks(stamps),
            workspace=workspace,
        ),
        "cluster-host": tuple(resource for host in hosts.values() for resource in host),
        "gateway-access": (*backends.grants, *publication.grants),
        "gateway-backends": backends.resources,
        "gateway-apis": publication.resources,
        "application-gateway": tuple(resource for built in gateways.values() for resource in built.resources),
        "front-door-way": build_way_in(front_door, origins),
        "bastion": build_bastion(primary, networks[primary.region.name], workspace),
    }
    if BREAK_GLASS_ROUTING in environment.optional_services:
        components[BREAK_GLASS_ROUTING] = build_traffic_manager(primary, front_door, gateways, workspace)
    if VPN in environment.optional_services:
        components[VPN] = build_vpn_gateway(vpn_config(), primary, networks[primary.region.name], workspace)
    return Edge(
        front_door=front_door,
        application_gateways=gateways,
        gateway=gateway,
        components=components,
        outputs={"front-door": front_door.outputs},
    )
