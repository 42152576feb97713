"""The foundation: what outlives everything else. Logs, networks, private names, identities, vaults, images."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Output, Resource, Stack, units_of
from textnlp_infra.components.identities import ENCRYPTION, KUBELET, Identities, build_identities
from textnlp_infra.components.insights import Insights, build_insights, insights_config
from textnlp_infra.components.network import Network, build_network, build_peerings, network_config
from textnlp_infra.components.private_names import PrivateNetwork, build_private_names
from textnlp_infra.components.registry import Registry, build_registry, registry_config
from textnlp_infra.components.vaults import Vault, build_vault, vault_config
from textnlp_infra.components.workspace import build_workspace, workspace_config
from textnlp_infra.environments import Environment
from textnlp_infra.stamp import Stamp, stamp_of

NAME = "foundation"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foundation:
    """What later stacks refer to.

    Attributes:
        stamps, networks, zones, vaults: by region; zones then by name.
    """

    stack: Stack
    environment: Environment
    stamps: Mapping[str, Stamp]
    workspace: Resource
    networks: Mapping[str, Network]
    zones: Mapping[str, Mapping[str, Resource]]
    identities: Identities
    vaults: Mapping[str, Vault]
    insights: Insights
    registry: Registry

    def private_networks(self, stamps: Mapping[str, Stamp]) -> tuple[PrivateNetwork, ...]:
        """Return every region's network, with endpoints in the groups of a stack's own stamps."""
        return tuple(
            PrivateNetwork(stamp=stamp, network=self.networks[region], zones=self.zones[region])
            for region, stamp in stamps.items()
        )


def stamps_of(environment: Environment, stack: str) -> dict[str, Stamp]:
    """Return a stack's stamps by region, the primary one first."""
    return {region.name: stamp_of(environment, region, stack) for region in environment.regions}


def build_foundation(environment: Environment) -> Foundation:
    """Build the stack for all regions of an environment."""
    stamps = stamps_of(environment, NAME)
    primary = stamps[environment.primary.name]
    logs = build_workspace(workspace_config(environment), primary)
    workspace = logs.workspace
    networks = {
        region: build_network(network_config(stamp.region), stamp, workspace) for region, stamp in stamps.items()
    }
    names = {region: build_private_names(stamp, networks[region]) for region, stamp in stamps.items()}
    zones = {region: known for region, (known, _) in names.items()}
    doors = [
        PrivateNetwork(stamp=stamp, network=networks[region], zones=zones[region]) for region, stamp in stamps.items()
    ]
    identities = build_identities(primary)
    encryption, kubelet = identities.by_name[ENCRYPTION], identities.by_name[KUBELET]
    vaults = {
        region: build_vault(vault_config(), stamp, networks=doors, workspace=workspace, encryption=encryption)
        for region, stamp in stamps.items()
    }
    insights = build_insights(insights_config(primary), primary, networks=doors, workspace=workspace)
    registry = build_registry(registry_config(primary), primary, networks=doors, workspace=workspace, kubelet=kubelet)
    components = {
        "workspace": logs.resources,
        "network": _all(network.resources for network in networks.values()),
        "private-names": _all(resources for _, resources in names.values()),
        "peering": _all(build_peerings(networks).values()),
        "identities": identities.resources,
        "vault": _all(vault.resources for vault in vaults.values()),
        "insights": insights.resources,
        "registry": registry.resources,
    }
    outputs = _outputs(identities, vaults[environment.primary.name], registry)
    units = tuple(
        unit
        for name, resources in components.items()
        for unit in units_of(name, NAME, resources, outputs.get(name, ()), environment=environment.name)
    )
    return Foundation(
        stack=Stack(name=NAME, location=environment.primary.name, units=units),
        environment=environment,
        stamps=stamps,
        workspace=workspace,
        networks=networks,
        zones=zones,
        identities=identities,
        vaults=vaults,
        insights=insights,
        registry=registry,
    )


def _outputs(identities: Identities, vault: Vault, registry: Registry) -> dict[str, tuple[Output, ...]]:
    return {
        "identities": identities.outputs,
        "vault": (Output(name="vaultUri", value=vault.vault.property("vaultUri")),),
        "registry": (Output(name="registryHost", value=registry.registry.property("loginServer")),),
    }


def _all(parts: Iterable[tuple[Resource, ...]]) -> tuple[Resource, ...]:
    return tuple(resource for part in parts for resource in part)
