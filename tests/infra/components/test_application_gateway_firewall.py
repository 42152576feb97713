from typing import Any

from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.application_gateway_firewall import GATEWAY_POLICY

_EDGE = edge()
_BUILT = _EDGE.application_gateways["eastus2"]
(_POLICY,) = of_type(_BUILT.resources, GATEWAY_POLICY)
_TOLD: dict[str, Any] = properties(_POLICY)


def test_the_gateway_runs_it_and_it_prevents() -> None:
    assert _POLICY in list(_BUILT.gateway.uses())
    assert _TOLD["policySettings"]["mode"] == "Prevention"
    assert _TOLD["policySettings"]["state"] == "Enabled"


def test_whoever_comes_not_by_our_front_door_is_stopped_first() -> None:
    (rule,) = _TOLD["customRules"]
    (condition,) = rule["matchConditions"]
    assert rule["action"] == "Block"
    assert condition["matchVariables"] == [{"variableName": "RequestHeaders", "selector": "X-Azure-FDID"}]
    assert condition["negationConditon"] is True
    assert "frontDoorId" in condition["matchValues"][0]
    assert _EDGE.front_door.profile in list(_POLICY.uses())


def test_a_file_that_the_service_takes_gets_through_whole() -> None:
    settings = _TOLD["policySettings"]
    limits = TOPOLOGY.limits
    largest = limits.max_upload_bytes + limits.form_overhead_bytes
    assert largest <= settings["fileUploadLimitInMb"] * 1_048_576 < largest + 1_048_576
    assert settings["requestBodyEnforcement"] is False


def test_both_firewalls_run_the_same_rules() -> None:
    (front,) = of_type(_EDGE.front_door.resources, "FrontDoorWebApplicationFirewallPolicies")
    sets = [(item["ruleSetType"], item["ruleSetVersion"]) for item in _TOLD["managedRules"]["managedRuleSets"]]
    front_sets = properties(front)["managedRules"]["managedRuleSets"]
    assert sets == [(item["ruleSetType"], item["ruleSetVersion"]) for item in front_sets]
