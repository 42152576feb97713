"""Defender for Cloud: which of its plans watch over the subscription, and who is told of what they find."""

from textnlp_infra.arm import Resource

PRICING = "Microsoft.Security/pricings"
_PLANS = (
    ("AI", None),
    ("Api", "P1"),
    ("AppServices", None),
    ("Arm", "PerSubscription"),
    ("CloudPosture", None),
    ("Containers", None),
    ("KeyVaults", "PerKeyVault"),
    ("OpenSourceRelationalDatabases", None),
    ("StorageAccounts", "DefenderForStorageV2"),
)
"""Plan, and its own kind where it has one."""


CONTACT = "Microsoft.Security/securityContacts"


def build_defender() -> tuple[Resource, ...]:
    """Switch the plans on, one after another: the service refuses two changes at once."""
    plans: list[Resource] = []
    for name, kind in _PLANS:
        plans.append(
            Resource(
                type=PRICING,
                name=name,
                group=None,
                properties={"pricingTier": "Standard", "subPlan": kind},
                after=tuple(plans[-1:]),
            )
        )
    return tuple(plans)


def build_security_contact() -> Resource:
    """Tell the owners of the subscription of attacks, by role instead of by address."""
    return Resource(
        type=CONTACT,
        name="default",
        group=None,
        properties={
            "isEnabled": True,
            "notificationsByRole": {"state": "On", "roles": ["Owner"]},
            "notificationsSources": [
                {"sourceType": "Alert", "minimalSeverity": "Medium"},
                {"sourceType": "AttackPath", "minimalRiskLevel": "High"},
            ],
        },
    )
