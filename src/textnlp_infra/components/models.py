"""The model accounts of a region: deployments by the topology's catalogue, one content filter, and Content Safety."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.models import ModelDeployment
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import system_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.policies import CLOSED, FENCE
from textnlp_infra.stamp import Stamp

ACCOUNT = "Microsoft.CognitiveServices/accounts"
_HARMS = ("Hate", "Sexual", "Violence", "Selfharm")
_ATTACKS = ("Jailbreak", "Indirect Attack")
_PROTECTED = ("Protected Material Text", "Protected Material Code")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsConfig:
    """What is deployed, and how much of it.

    Attributes:
        deployments: each with the capacity that is ordered in this environment.
        safety_tier: tier of Content Safety.
    """

    deployments: tuple[tuple[ModelDeployment, int], ...]
    safety_tier: str = "S0"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """The accounts of a region, as others refer to them."""

    account: Resource
    safety: Resource
    resources: tuple[Resource, ...]


def models_config(environment: Environment) -> ModelsConfig:
    """Return the deployments of an environment; each has one unit of capacity at least."""
    percent = environment.sizes.model_percent
    return ModelsConfig(
        deployments=tuple(
            (deployment, max(1, deployment.capacity * percent // 100)) for deployment in TOPOLOGY.model_deployments
        )
    )


def build_models(
    config: ModelsConfig, stamp: Stamp, *, networks: Iterable[PrivateNetwork], workspace: Resource
) -> Models:
    """Build the accounts of a region; Entra ID alone lets in, and only from inside the network."""
    ways = tuple(networks)
    account = _account(stamp, "AIServices", "", allows_projects=True)
    safety = _account(stamp, "ContentSafety", "safety", tier=config.safety_tier)
    policies = _content_policies(account, config)
    deployments: list[Resource] = []
    for deployment, capacity in config.deployments:
        before = (policies[deployment.content_policy], *deployments[-1:])
        deployments.append(_deployment(account, deployment, capacity, before))
    around = [
        resource
        for target in (account, safety)
        for resource in (
            *private_endpoints(target, ["account"], ways),
            diagnostics(target, workspace),
        )
    ]
    return Models(
        account=account,
        safety=safety,
        resources=(account, *policies.values(), *deployments, safety, *around),
    )


def _account(stamp: Stamp, kind: str, part: str, *, tier: str = "S0", allows_projects: bool = False) -> Resource:
    """Build an account; without a name of its own in DNS it would take no tokens of Entra ID."""
    properties: dict[str, Value] = {
        "customSubDomainName": stamp.name(ACCOUNT, part),
        "disableLocalAuth": True,
        "publicNetworkAccess": CLOSED,
        "networkAcls": {**FENCE},
        "restrictOutboundNetworkAccess": True,
        "allowedFqdnList": (),
        "allowProjectManagement": True if allows_projects else None,
        "storedCompletionsDisabled": True if allows_projects else None,
    }
    return stamp.resource(ACCOUNT, properties, part=part, kind=kind, sku={"name": tier}, identity=system_assigned())


def _content_policies(account: Resource, config: ModelsConfig) -> dict[str, Resource]:
    names = dict.fromkeys(deployment.content_policy for deployment, _ in config.deployments)
    filters: list[Value] = [
        *(_filter(name, source, threshold="Medium") for name in _HARMS for source in ("Prompt", "Completion")),
        *(_filter(name, "Prompt") for name in _ATTACKS),
        *(_filter(name, "Completion") for name in _PROTECTED),
    ]
    properties: dict[str, Value] = {
        "basePolicyName": "Microsoft.DefaultV2",
        "mode": "Blocking",
        "contentFilters": filters,
    }
    return {name: account.child("raiPolicies", name, properties) for name in names}


def _filter(name: str, source: str, *, threshold: str | None = None) -> dict[str, Value]:
    return {"name": name, "source": source, "enabled": True, "blocking": True, "severityThreshold": threshold}


def _deployment(
    account: Resource, deployment: ModelDeployment, capacity: int, before: tuple[Resource, ...]
) -> Resource:
    """Return a deployment that waits for the one before it: an account takes one change at a time."""
    return account.child(
        "deployments",
        deployment.name,
        {
            "model": {"format": "OpenAI", "name": deployment.model, "version": deployment.version},
            "raiPolicyName": deployment.content_policy,
            "versionUpgradeOption": deployment.upgrade,
        },
        sku={"name": deployment.sku, "capacity": capacity},
        after=before,
    )
