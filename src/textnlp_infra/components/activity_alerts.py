"""Alerts on what Azure writes down of itself: its own troubles, advice, and who deletes something or gives rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp_infra.arm import Expression, Resource, ResourceGroup, Value, call
from textnlp_infra.stamp import GLOBAL, Stamp

ACTIVITY_ALERT = "Microsoft.Insights/activityLogAlerts"
_SUCCEEDED = ("status", "Succeeded")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityAlert:
    """Entries of the activity log that somebody is told of.

    Attributes:
        fields: what stands in an entry, by field; all of it must.
        any_of: a field, and values of which one must stand there.
        is_of_subscription: whether the whole subscription is watched, as of troubles that are no resource's.
    """

    name: str
    category: str
    says: str
    fields: tuple[tuple[str, str], ...] = ()
    any_of: tuple[str, tuple[str, ...]] | None = None
    is_of_subscription: bool = False


ACTIVITY_ALERTS = (
    ActivityAlert(
        name="service-health",
        category="ServiceHealth",
        says="Azure has troubles, plans work, or gives advice about a service that the subscription uses.",
        is_of_subscription=True,
    ),
    ActivityAlert(
        name="resource-health",
        category="ResourceHealth",
        says="A resource of the platform is unwell through no fault of its users.",
        fields=(("properties.cause", "PlatformInitiated"),),
        any_of=("properties.currentHealthStatus", ("Degraded", "Unavailable")),
    ),
    ActivityAlert(
        name="cost-advice",
        category="Recommendation",
        says="Advisor knows how to save money; `textnlp azure advice` prints it.",
        fields=(
            ("operationName", "Microsoft.Advisor/recommendations/available/action"),
            ("properties.recommendationCategory", "Cost"),
        ),
        is_of_subscription=True,
    ),
    ActivityAlert(
        name="deletions",
        category="Administrative",
        says="Somebody deleted a part of the platform, or the lock on one.",
        fields=(_SUCCEEDED,),
        any_of=(
            "operationName",
            (
                "Microsoft.Authorization/locks/delete",
                "Microsoft.ContainerService/managedClusters/delete",
                "Microsoft.DBforPostgreSQL/flexibleServers/delete",
                "Microsoft.DataProtection/backupVaults/backupInstances/delete",
                "Microsoft.KeyVault/vaults/delete",
                "Microsoft.Network/networkSecurityGroups/delete",
                "Microsoft.ServiceBus/namespaces/delete",
                "Microsoft.Storage/storageAccounts/delete",
            ),
        ),
    ),
    ActivityAlert(
        name="rights",
        category="Administrative",
        says="Somebody gave or took a role, or changed a policy; a deployment that does so tells of itself.",
        fields=(_SUCCEEDED,),
        any_of=(
            "operationName",
            (
                "Microsoft.Authorization/policyAssignments/delete",
                "Microsoft.Authorization/policyAssignments/write",
                "Microsoft.Authorization/roleAssignments/delete",
                "Microsoft.Authorization/roleAssignments/write",
                "Microsoft.Authorization/roleDefinitions/delete",
                "Microsoft.Authorization/roleDefinitions/write",
            ),
        ),
    ),
)


def build_activity_alerts(
    stamp: Stamp, groups: Sequence[ResourceGroup], action_group: Resource
) -> tuple[Resource, ...]:
    """Build a rule an alert over the resource groups of the environment, or over their subscription."""
    return tuple(_rule(alert, stamp, groups, action_group) for alert in ACTIVITY_ALERTS)


def _rule(alert: ActivityAlert, stamp: Stamp, groups: Sequence[ResourceGroup], action_group: Resource) -> Resource:
    scopes: list[Expression] = (
        [call("subscription").property("id")] if alert.is_of_subscription else [group.scope for group in groups]
    )
    wanted: list[Value] = [
        {"field": field, "equals": value} for field, value in (("category", alert.category), *alert.fields)
    ]
    if alert.any_of:
        field, values = alert.any_of
        wanted.append({"anyOf": [{"field": field, "equals": value} for value in values]})
    return stamp.resource(
        ACTIVITY_ALERT,
        {
            "enabled": True,
            "scopes": scopes,
            "condition": {"allOf": wanted},
            "actions": {
                "actionGroups": [
                    {"actionGroupId": action_group.id, "webhookProperties": {"meaning": alert.says}},
                ]
            },
        },
        part=alert.name,
        location=GLOBAL,
    )
