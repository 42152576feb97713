"""Sentinel over the workspace, and the rules by which it finds somebody at work who should not be."""

from dataclasses import dataclass

from textnlp_infra.arm import Resource, call
from textnlp_infra.stamp import Stamp

ONBOARDING = "Microsoft.SecurityInsights/onboardingStates"
DETECTION = "Microsoft.SecurityInsights/alertRules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A query whose rows are attacks.

    Attributes:
        tactics: of MITRE ATT&CK, which the rows are signs of.
    """

    name: str
    says: str
    query: str
    severity: str
    tactics: tuple[str, ...]


DETECTIONS = (
    Detection(
        name="refused-tokens",
        says="One address had more than 100 calls refused for want of a valid token in an hour.",
        query=(
            "AppRequests | where ResultCode == '401' | summarize refused = count() by ClientIP | where refused > 100"
        ),
        severity="Medium",
        tactics=("CredentialAccess",),
    ),
    Detection(
        name="forbidden-operations",
        says="One caller was refused more than 50 operations it has no right to in an hour.",
        query=(
            "AppRequests | where ResultCode == '403' and isnotempty(UserId) "
            "| summarize refused = count(), operations = dcount(Name) by UserId | where refused > 50 and operations > 5"
        ),
        severity="Medium",
        tactics=("Discovery", "PrivilegeEscalation"),
    ),
)


def build_detection(stamp: Stamp, workspace: Resource) -> tuple[Resource, ...]:
    """Put Sentinel on the workspace, with its rules."""
    onboarded = Resource(type=ONBOARDING, name="default", group=stamp.group, scope=workspace, properties={})
    return onboarded, *(_rule(detection, stamp, workspace, onboarded) for detection in DETECTIONS)


def _rule(detection: Detection, stamp: Stamp, workspace: Resource, onboarded: Resource) -> Resource:
    return Resource(
        type=DETECTION,
        name=call("guid", workspace.id, detection.name),
        group=stamp.group,
        scope=workspace,
        kind="Scheduled",
        properties={
            "displayName": detection.says,
            "severity": detection.severity,
            "enabled": True,
            "query": detection.query,
            "queryFrequency": "PT1H",
            "queryPeriod": "PT1H",
            "triggerOperator": "GreaterThan",
            "triggerThreshold": 0,
            "suppressionDuration": "PT1H",
            "suppressionEnabled": False,
            "tactics": detection.tactics,
        },
        after=(onboarded,),
    )
