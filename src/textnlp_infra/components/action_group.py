"""Who is told when an alert fires: whoever watches over the subscription, by role instead of by address."""

from textnlp_infra.arm import Resource, Value
from textnlp_infra.roles import Role
from textnlp_infra.stamp import GLOBAL, Stamp

ACTION_GROUP = "Microsoft.Insights/actionGroups"
_SHORT_NAME = "textnlp"
"""Begins every message; Azure takes twelve characters."""


def build_action_group(stamp: Stamp) -> Resource:
    """Build the group of those that have the role of a monitoring contributor; no address is written down."""
    told: list[Value] = [
        {
            "name": "monitoring-contributors",
            "roleId": Role.MONITORING_CONTRIBUTOR.value,
            "useCommonAlertSchema": True,
        }
    ]
    return stamp.resource(
        ACTION_GROUP,
        {"groupShortName": _SHORT_NAME, "enabled": True, "armRoleReceivers": told},
        part="operators",
        location=GLOBAL,
    )
