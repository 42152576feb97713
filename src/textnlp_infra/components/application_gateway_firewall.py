"""The rules of an application gateway's firewall: one Front Door alone is let through, and no known attack."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Expression, Resource, Value
from textnlp_infra.components.front_door_firewall import RULE_SETS
from textnlp_infra.stamp import Stamp

GATEWAY_POLICY = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"
_INSPECTED_KILOBYTES = 128
_MEGABYTE = 1_048_576


def build_gateway_firewall(stamp: Stamp, front_door_id: Expression) -> Resource:
    """Build the policy: it prevents, and like Front Door's does not look for attacks in the prose of bodies.

    How large a call may be is for API Management to say, which knows the operation; here files have a limit so that
    nothing larger gets that far.
    """
    rule_sets: list[Value] = [{"ruleSetType": kind, "ruleSetVersion": version} for kind, version in RULE_SETS]
    return stamp.resource(
        GATEWAY_POLICY,
        {
            "policySettings": {
                "state": "Enabled",
                "mode": "Prevention",
                "requestBodyCheck": True,
                "requestBodyInspectLimitInKB": _INSPECTED_KILOBYTES,
                "requestBodyEnforcement": False,
                "fileUploadEnforcement": True,
                "fileUploadLimitInMb": _largest_file_megabytes(),
            },
            "customRules": [_other_front_doors(front_door_id)],
            "managedRules": {
                "managedRuleSets": rule_sets,
                "exclusions": [
                    {"matchVariable": "RequestArgValues", "selectorMatchOperator": "EqualsAny", "selector": "*"}
                ],
            },
        },
    )


def _largest_file_megabytes() -> int:
    limits = TOPOLOGY.limits
    return -(-(limits.max_upload_bytes + limits.form_overhead_bytes) // _MEGABYTE)


def _other_front_doors(own_id: Expression) -> Value:
    """Front Door overwrites the header; whoever comes another way lacks it, or has that of their own Front Door."""
    return {
        "name": "OtherFrontDoors",
        "priority": 10,
        "ruleType": "MatchRule",
        "state": "Enabled",
        "action": "Block",
        "matchConditions": [
            {
                "matchVariables": [{"variableName": "RequestHeaders", "selector": "X-Azure-FDID"}],
                "operator": "Equal",
                "negationConditon": True,
                "matchValues": [own_id],
            }
        ],
    }
