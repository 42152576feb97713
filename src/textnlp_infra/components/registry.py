"""The registry of images, copied into every region."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp_infra.arm import Resource
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

_UNTAGGED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryConfig:
    """Tier of the registry, and the regions that images are copied to."""

    tier: str
    copied_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registry:
    """The registry."""

    registry: Resource
    resources: tuple[Resource, ...]


def registry_config(stamp: Stamp) -> RegistryConfig:
    """Return the registry of an environment; private endpoints and copies ask for Premium everywhere."""
    return RegistryConfig(tier="Premium", copied_to=tuple(region.name for region in stamp.environment.regions[1:]))


def build_registry(
    config: RegistryConfig,
    stamp: Stamp,
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    kubelet: Resource,
) -> Registry:
    """Build the registry; `kubelet` is the identity of the machines that pull."""
    registry = stamp.resource(
        "Microsoft.ContainerRegistry/registries",
        {
            "adminUserEnabled": False,
            "anonymousPullEnabled": False,
            "dataEndpointEnabled": True,
            "publicNetworkAccess": CLOSED,
            "networkRuleBypassOptions": "AzureServices",
            "networkRuleSet": {"defaultAction": "Deny"},
            "zoneRedundancy": stamp.zone_redundancy,
            "policies": {
                "azureADAuthenticationAsArmPolicy": {"status": "enabled"},
                "exportPolicy": {"status": "disabled"},
                "retentionPolicy": {"status": "enabled", "days": _UNTAGGED_DAYS},
            },
        },
        sku={"name": config.tier},
    )
    copies = [
        Resource(
            type=f"{registry.type}/replications",
            name=region,
            group=registry.group,
            parent=registry,
            location=region,
            tags=stamp.tags,
            properties={"regionEndpointEnabled": True, "zoneRedundancy": stamp.zone_redundancy},
        )
        for region in config.copied_to
    ]
    return Registry(
        registry=registry,
        resources=(
            registry,
            *copies,
            assign_role(Role.ACR_PULL, registry, to=kubelet),
            diagnostics(registry, workspace),
            *private_endpoints(registry, ["registry"], networks),
        ),
    )
