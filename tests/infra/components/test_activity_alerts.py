from typing import Any

import pytest

from tests.infra.estate_parts import faults, parts, properties
from textnlp_infra.components.action_group import build_action_group
from textnlp_infra.components.activity_alerts import ACTIVITY_ALERTS, build_activity_alerts

_FOUNDATION = parts().foundation
_STAMP = _FOUNDATION.stamps["eastus2"]
_GROUPS = tuple(stamp.group for stamp in _FOUNDATION.stamps.values())
_OPERATORS = build_action_group(_STAMP)
_BUILT = dict(
    zip([alert.name for alert in ACTIVITY_ALERTS], build_activity_alerts(_STAMP, _GROUPS, _OPERATORS), strict=True)
)


def _conditions(name: str) -> Any:
    return properties(_BUILT[name])["condition"]["allOf"]


@pytest.mark.parametrize("alert", ACTIVITY_ALERTS, ids=lambda alert: alert.name)
def test_each_tells_the_operators_what_it_means(alert: Any) -> None:
    (told,) = properties(_BUILT[alert.name])["actions"]["actionGroups"]
    assert "ag-textnlp-prod-eus2-operators" in told["actionGroupId"]
    assert told["webhookProperties"] == {"meaning": alert.says}


def test_advice_to_save_money_is_told() -> None:
    assert {"field": "properties.recommendationCategory", "equals": "Cost"} in _conditions("cost-advice")
    assert {"field": "category", "equals": "Recommendation"} in _conditions("cost-advice")


def test_what_is_switched_off_on_purpose_is_not_unwell() -> None:
    assert {"field": "properties.cause", "equals": "PlatformInitiated"} in _conditions("resource-health")


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("deletions", "Microsoft.KeyVault/vaults/delete"),
        ("deletions", "Microsoft.Authorization/locks/delete"),
        ("rights", "Microsoft.Authorization/roleAssignments/write"),
        ("rights", "Microsoft.Authorization/policyAssignments/delete"),
    ],
)
def test_any_of_the_named_operations_is_told_once_it_succeeded(name: str, operation: str) -> None:
    any_of = next(item["anyOf"] for item in _conditions(name) if "anyOf" in item)
    assert {"field": "operationName", "equals": operation} in any_of
    assert {"field": "status", "equals": "Succeeded"} in _conditions(name)


def test_what_others_do_elsewhere_in_the_subscription_is_not_told() -> None:
    assert len(properties(_BUILT["deletions"])["scopes"]) == len(_GROUPS)
    assert properties(_BUILT["service-health"])["scopes"] == ["[subscription().id]"]


def test_the_published_types_take_all_of_it() -> None:
    assert faults((_OPERATORS, *_BUILT.values())) == []
