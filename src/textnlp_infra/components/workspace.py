"""The workspace that all logs and metrics are sent to, and how a resource is made to send them."""

from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.environments import Environment
from textnlp_infra.policies import CLOSED, DIAGNOSTICS, Told
from textnlp_infra.stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceConfig:
    """How much the workspace takes in a day, and how long it keeps it."""

    daily_cap_gigabytes: int
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Workspace:
    """The workspace, with its own diagnostic setting."""

    workspace: Resource
    resources: tuple[Resource, ...]


def workspace_config(environment: Environment) -> WorkspaceConfig:
    """Return the workspace of an environment."""
    sizes = environment.sizes
    return WorkspaceConfig(daily_cap_gigabytes=sizes.log_daily_cap_gigabytes, retention_days=sizes.log_retention_days)


def build_workspace(config: WorkspaceConfig, stamp: Stamp) -> Workspace:
    """Build the workspace: Entra ID alone lets in, and only from inside the network."""
    workspace = stamp.resource(
        "Microsoft.OperationalInsights/workspaces",
        {
            "sku": {"name": "PerGB2018"},
            "retentionInDays": config.retention_days,
            "workspaceCapping": {"dailyQuotaGb": config.daily_cap_gigabytes},
            "publicNetworkAccessForIngestion": CLOSED,
            "publicNetworkAccessForQuery": CLOSED,
            "features": {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True},
        },
    )
    return Workspace(workspace=workspace, resources=(workspace, diagnostics(workspace, workspace)))


def diagnostics(target: Resource, workspace: Resource) -> Resource:
    """Return the setting that sends what `target` tells to the workspace; raise `ValueError` if its type has none."""
    told = DIAGNOSTICS.get(target.type)
    if told is None:
        raise ValueError(f"{target.type} has no diagnostic settings; write it into textnlp_infra/policies.py if it has")
    return Resource(
        type="Microsoft.Insights/diagnosticSettings",
        name="to-workspace",
        group=target.group,
        scope=target,
        properties={"workspaceId": workspace.id, **_sent(told)},
    )


def _sent(told: Told) -> dict[str, Value]:
    logs: list[Value] = [{"categoryGroup": "allLogs", "enabled": True}]
    metrics: list[Value] = [{"category": "AllMetrics", "enabled": True}]
    return {"logs": logs if told.logs else None, "metrics": metrics if told.metrics else None}
