from typing import Any

from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, of_type, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.front_door_firewall import FRONT_DOOR_POLICY

_FRONT_DOOR = edge().front_door
(_POLICY,) = of_type(_FRONT_DOOR.resources, FRONT_DOOR_POLICY)
_TOLD: dict[str, Any] = properties(_POLICY)


def test_attacks_are_stopped_and_not_only_told_of() -> None:
    assert _TOLD["policySettings"]["mode"] == "Prevention"
    assert _TOLD["policySettings"]["enabledState"] == "Enabled"
    assert body(_POLICY)["sku"] == {"name": "Premium_AzureFrontDoor"}


def test_the_rules_are_those_that_microsoft_keeps() -> None:
    sets = {item["ruleSetType"]: item["ruleSetVersion"] for item in _TOLD["managedRules"]["managedRuleSets"]}
    assert sets == {"Microsoft_DefaultRuleSet": "2.1", "Microsoft_BotManagerRuleSet": "1.1"}


def test_prompts_may_be_about_attacks() -> None:
    default = _TOLD["managedRules"]["managedRuleSets"][0]
    assert {item["matchVariable"] for item in default["exclusions"]} == {
        "RequestBodyJsonArgNames",
        "RequestBodyPostArgNames",
    }
    assert default["ruleSetAction"] == "Block"


def test_one_address_may_call_as_often_as_ten_callers() -> None:
    (rule,) = _TOLD["customRules"]["rules"]
    assert rule["ruleType"] == "RateLimitRule"
    assert rule["action"] == "Block"
    assert rule["rateLimitThreshold"] == 10 * TOPOLOGY.call_limit("rate-limit").allowed
    assert rule["groupBy"] == [{"variableName": "SocketAddr"}]


def test_it_guards_the_name_and_the_address_that_azure_gives() -> None:
    (guard,) = of_type(_FRONT_DOOR.resources, "securityPolicies")
    (association,) = properties(guard)["parameters"]["associations"]
    assert len(association["domains"]) == 2
    assert association["patternsToMatch"] == ["/*"]
    assert {_FRONT_DOOR.domain, _FRONT_DOOR.endpoint, _POLICY} <= set(guard.uses())
