"""Application Insights, and the one way by which telemetry gets to the workspace from inside the networks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Resource
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.policies import CLOSED
from textnlp_infra.stamp import GLOBAL, Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsConfig:
    """What is watched apart: name and kind of application, and how much of it is kept.

    Attributes:
        applications: name, and `web` or `other`.
    """

    applications: tuple[tuple[str, str], ...]
    retention_days: int
    sampling_percent: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Insights:
    """The components by the name of what they watch, and the scope of all that sends from inside the networks."""

    components: Mapping[str, Resource]
    scope: Resource
    resources: tuple[Resource, ...]


def insights_config(stamp: Stamp) -> InsightsConfig:
    """Return what is watched: the API, and what generates."""
    return InsightsConfig(
        applications=(("api", "web"), ("generation", "other")),
        retention_days=stamp.environment.sizes.log_retention_days,
        sampling_percent=TOPOLOGY.trace_sampling_percent,
    )


def build_insights(
    config: InsightsConfig, stamp: Stamp, *, networks: Iterable[PrivateNetwork], workspace: Resource
) -> Insights:
    """Build the components over the workspace, and a private link scope with all of them in it."""
    components = {
        name: stamp.resource(
            "Microsoft.Insights/components",
            {
                "Application_Type": kind,
                "WorkspaceResourceId": workspace.id,
                "IngestionMode": "LogAnalytics",
                "RetentionInDays": config.retention_days,
                "SamplingPercentage": config.sampling_percent,
                "DisableLocalAuth": True,
                "publicNetworkAccessForIngestion": CLOSED,
                "publicNetworkAccessForQuery": CLOSED,
            },
            part=name,
            kind=kind,
        )
        for name, kind in config.applications
    }
    scope = stamp.resource(
        "Microsoft.Insights/privateLinkScopes",
        {"accessModeSettings": {"queryAccessMode": "PrivateOnly", "ingestionAccessMode": "PrivateOnly"}},
        location=GLOBAL,
    )
    scoped = [in_scope(scope, linked) for linked in (workspace, *components.values())]
    endpoints = private_endpoints(scope, ["azuremonitor"], networks)
    return Insights(components=components, scope=scope, resources=(*components.values(), scope, *scoped, *endpoints))


def in_scope(scope: Resource, linked: Resource) -> Resource:
    """Return what lets a resource receive from inside the networks."""
    return scope.child("scopedResources", str(linked.name), {"linkedResourceId": linked.id})
