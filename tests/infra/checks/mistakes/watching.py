"""Alerts that nobody hears, and costs that do not arrive."""

from tests.infra.checks.planting import OFF, Mistake, put

_ACTIVITY = "Microsoft.Insights/activityLogAlerts"
_EXPORT = "Microsoft.CostManagement/exports"

WATCHING = [
    Mistake(
        "an alert on a metric that nobody hears",
        "Microsoft.Insights/metricAlerts",
        "database-disk",
        put("properties.actions", []),
        "tells nobody",
        "write an action group",
    ),
    Mistake(
        "an alert on logs that nobody hears",
        "Microsoft.Insights/scheduledQueryRules",
        "error-rate",
        put("properties.actions.actionGroups", []),
        "tells nobody",
        "write an action group",
    ),
    Mistake(
        "an alert on the activity log in a region",
        _ACTIVITY,
        "service-health",
        put("location", "eastus2"),
        "lies in 'eastus2'",
        "write global",
    ),
    Mistake(
        "advice that nobody is told of",
        _ACTIVITY,
        "cost-advice",
        put("properties.enabled", OFF),
        "nobody is told of Recommendation",
        "activity_alerts",
        where="Microsoft.Insights/actionGroups",
    ),
    Mistake(
        "attacks that nobody is told of",
        "Microsoft.Security/securityContacts",
        "",
        put("properties.notificationsByRole.state", "Off"),
        "nobody is told of attacks",
        "add a security contact",
        where="Microsoft.Security/pricings",
    ),
    Mistake(
        "costs into a container that there is not",
        _EXPORT,
        "",
        put("properties.deliveryInfo.destination.container", "costs"),
        "writes to container 'costs', which no template makes",
        "name one, or make it",
    ),
]
