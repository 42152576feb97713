"""The foundation: what is built once and outlives everything else. Logs, network, private names."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Stack, Unit
from textnlp_infra.components.network import Network, build_network, build_peerings, network_config
from textnlp_infra.components.private_names import PrivateNames, build_private_names
from textnlp_infra.components.workspace import build_workspace, workspace_config
from textnlp_infra.environments import Environment
from textnlp_infra.stamp import Stamp, stamp_of

NAME = "foundation"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foundation:
    """What later stacks refer to.

    Attributes:
        stamps, networks: by region.
    """

    stack: Stack
    stamps: Mapping[str, Stamp]
    workspace: Resource
    networks: Mapping[str, Network]
    names: PrivateNames


def build_foundation(environment: Environment) -> Foundation:
    """Build the stack for all regions of an environment."""
    stamps = {region.name: stamp_of(environment, region, NAME) for region in environment.regions}
    primary = stamps[environment.primary.name]
    workspace = build_workspace(workspace_config(environment), primary)
    networks = {
        name: build_network(network_config(stamp.region), stamp, workspace.workspace) for name, stamp in stamps.items()
    }
    names = build_private_names(primary, networks)
    units = [
        Unit(name=primary.unit_name("workspace"), group=primary.group, resources=workspace.resources),
        *(
            Unit(name=stamps[region].unit_name("network"), group=stamps[region].group, resources=network.resources)
            for region, network in networks.items()
        ),
        Unit(name=primary.unit_name("private-names"), group=primary.group, resources=names.resources),
        *(
            Unit(name=stamps[region].unit_name("peering"), group=stamps[region].group, resources=peerings)
            for region, peerings in build_peerings(networks).items()
        ),
    ]
    stack = Stack(name=NAME, location=environment.primary.name, units=tuple(units))
    return Foundation(stack=stack, stamps=stamps, workspace=workspace.workspace, networks=networks, names=names)
