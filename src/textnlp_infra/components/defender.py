"""Defender for Cloud: which of its plans watch over the subscription."""

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
