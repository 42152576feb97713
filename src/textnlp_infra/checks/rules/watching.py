"""Watching: alerts tell somebody, every kind of entry in the activity log has one, and costs arrive at their place."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, part, texts
from textnlp_infra.components.activity_alerts import ACTIVITY_ALERTS
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.stamp import GLOBAL

_ACTIVITY = "Microsoft.Insights/activityLogAlerts"
_ALERTS = (_ACTIVITY, "Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules")
_GROUP = "Microsoft.Insights/actionGroups"
_PLAN = "Microsoft.Security/pricings"
_CONTACT = "Microsoft.Security/securityContacts"
_EXPORT = "Microsoft.CostManagement/exports"
_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


def told_alerts(graph: Graph) -> Iterator[Finding]:
    """Yield alerts that nobody hears, and those of the activity log in a region, where Azure does not take them."""
    for kind in _ALERTS:
        for alert in graph.of_type(kind):
            if not _listeners(alert.properties.get("actions")):
                yield found(alert, "tells nobody", "write an action group")
            if kind == _ACTIVITY and alert.body.get("location") != GLOBAL:
                yield found(alert, f"lies in '{alert.body.get('location')}'", f"write {GLOBAL}")


def watched_activity(graph: Graph) -> Iterator[Finding]:
    """Yield action groups beside which a category of the activity log goes unwatched."""
    watched = {
        str(condition.get("equals"))
        for alert in graph.of_type(_ACTIVITY)
        if alert.properties.get("enabled")
        for condition in items(part(alert.properties, "condition").get("allOf"))
        if condition.get("field") == "category"
    }
    for category in sorted({alert.category for alert in ACTIVITY_ALERTS} - watched):
        for group in graph.of_type(_GROUP):
            yield found(group, f"nobody is told of {category}", "take the alerts from activity_alerts")


def security_contact(graph: Graph) -> Iterator[Finding]:
    """Yield plans of Defender that find attacks without anybody who is told."""
    contacts = [contact.properties for contact in graph.of_type(_CONTACT)]
    is_told = any(
        contact.get("isEnabled")
        and (contact.get("emails") or part(contact, "notificationsByRole").get("state") == "On")
        for contact in contacts
    )
    for plan in graph.of_type(_PLAN)[:1]:
        if not is_told:
            yield found(plan, "nobody is told of attacks", "add a security contact that is enabled")


def delivered_exports(graph: Graph) -> Iterator[Finding]:
    """Yield exports of costs to a container that there is not, or that they may not write to."""
    for export in graph.of_type(_EXPORT):
        destination = part(part(export.properties, "deliveryInfo"), "destination")
        account, name = str(destination.get("resourceId")), str(destination.get("container"))
        container = graph.find(f"{account}/blobServices/default/containers/{name}")
        if container is None:
            yield found(export, f"writes to container '{name}', which no template makes", "name one, or make it")
        if part(export.body, "identity").get("type") != "SystemAssigned":
            yield found(export, "has no identity to write with", "write identity: SystemAssigned")
        elif container and not any(_may_write(grant, export) for grant in graph.extensions(container, _ASSIGNMENT)):
            yield found(export, f"may not write to container '{name}'", "give it BLOB_CONTRIBUTOR there")


def _listeners(actions: Any) -> list[str]:
    """Return the action groups, as each kind of alert writes them."""
    entries = items(actions)
    if isinstance(actions, Mapping):
        inner = cast("Mapping[str, Any]", actions).get("actionGroups")
        entries = items(inner)
        if not entries:
            return texts(inner)
    return [str(entry["actionGroupId"]) for entry in entries if entry.get("actionGroupId")]


def _may_write(grant: ExpandedResource, export: ExpandedResource) -> bool:
    return any(asked.lower() == export.id.lower() for asked in grant.asked)
