"""What the published types know."""

from tests.infra.checks.planting import Mistake, put

_NSG = "Microsoft.Network/networkSecurityGroups"
_WORKSPACE = "Microsoft.OperationalInsights/workspaces"

FORM = [
    Mistake(
        "a misspelt property",
        _WORKSPACE,
        "",
        put("properties.retentionInDay", 30),
        "properties.retentionInDay is unknown",
        "write retentionInDays",
        needs_types=True,
    ),
    Mistake(
        "a value that is not of the list",
        "Microsoft.Network/publicIPAddresses",
        "cus-egress",
        put("properties.publicIPAllocationMethod", "Statik"),
        "properties.publicIPAllocationMethod is 'Statik'",
        "write Static",
        needs_types=True,
    ),
    Mistake(
        "a number as a text",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("properties.idleTimeoutInMinutes", "4"),
        "properties.idleTimeoutInMinutes is '4'",
        "a whole number",
        needs_types=True,
    ),
    Mistake(
        "a property that Azure fills in",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("properties.resourceGuid", "x"),
        "properties.resourceGuid is read only",
        "leave it out",
        needs_types=True,
    ),
    Mistake(
        "a rule without its direction",
        _NSG,
        "prod-eus2-machine-learning",
        put("properties.securityRules[deny-inbound].properties.direction", ...),
        "properties.securityRules[2].properties.direction is missing",
        "it is required",
        needs_types=True,
    ),
    Mistake(
        "an old API version",
        _NSG,
        "prod-cus-batch",
        put("apiVersion", "2019-11-01"),
        "API version 2019-11-01 is not the published one",
        "write 2025-09-01",
        needs_types=True,
    ),
]
