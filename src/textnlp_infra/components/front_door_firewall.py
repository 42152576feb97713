"""The rules of Front Door's firewall: what is stopped before it enters any region."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import RATE_LIMIT
from textnlp.topology.services import EDGE
from textnlp_infra.arm import Resource, Value
from textnlp_infra.stamp import GLOBAL, Stamp

FRONT_DOOR_POLICY = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"

RULE_SETS = (("Microsoft_DefaultRuleSet", "2.1"), ("Microsoft_BotManagerRuleSet", "1.1"))
"""Rules that Microsoft keeps, and their versions; both firewalls run them."""

_CALLERS_AN_ADDRESS = 10
"""A company's callers leave by one address; the gateway tells them apart, Front Door cannot."""

_SECONDS_A_MINUTE = 60
_EVERY_ADDRESS = ("0.0.0.0/0", "::/0")


def build_front_door_firewall(stamp: Stamp) -> Resource:
    """Build the policy: it prevents, and does not look for attacks in the prose of bodies.

    Prompts may be about anything, SQL and shell commands too, so that rules which look for these would refuse them.
    Addresses, headers and queries are looked at in full, and the service takes bodies by their schemas alone.
    """
    rule_sets: list[Value] = [_rule_set(kind, version) for kind, version in RULE_SETS]
    properties: dict[str, Value] = {
        "policySettings": {
            "enabledState": "Enabled",
            "mode": "Prevention",
            "requestBodyCheck": "Enabled",
            "customBlockResponseStatusCode": 403,
        },
        "customRules": {"rules": [_rate_rule()]},
        "managedRules": {"managedRuleSets": rule_sets},
    }
    return stamp.resource(
        FRONT_DOOR_POLICY,
        properties,
        location=GLOBAL,
        sku={"name": TOPOLOGY.service(EDGE).tier},
    )


def _rate_rule() -> Value:
    limit = TOPOLOGY.call_limit(RATE_LIMIT)
    calls_a_minute = limit.allowed * _SECONDS_A_MINUTE // limit.renewal_seconds
    return {
        "name": "RateByAddress",
        "priority": 100,
        "enabledState": "Enabled",
        "ruleType": "RateLimitRule",
        "rateLimitDurationInMinutes": 1,
        "rateLimitThreshold": calls_a_minute * _CALLERS_AN_ADDRESS,
        "groupBy": [{"variableName": "SocketAddr"}],
        "matchConditions": [{"matchVariable": "SocketAddr", "operator": "IPMatch", "matchValue": _EVERY_ADDRESS}],
        "action": "Block",
    }


def _rule_set(kind: str, version: str) -> Value:
    bodies: list[Value] = [
        {"matchVariable": variable, "selectorMatchOperator": "EqualsAny", "selector": "*"}
        for variable in ("RequestBodyJsonArgNames", "RequestBodyPostArgNames")
    ]
    is_default = kind == RULE_SETS[0][0]
    return {
        "ruleSetType": kind,
        "ruleSetVersion": version,
        "ruleSetAction": "Block" if is_default else None,
        "exclusions": bodies if is_default else None,
    }
