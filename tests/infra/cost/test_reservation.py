from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.cost import COST
from textnlp_infra.cost.reservation import missing, planned_reservations
from textnlp_infra.environments import environment

_SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
_PLANNED = planned_reservations(environment("prod"), COST)


def _held(**properties: Any) -> dict[str, Any]:
    first = _PLANNED[0]
    said: dict[str, Any] = {
        "reservedResourceType": "VirtualMachines",
        "provisioningState": "Succeeded",
        "quantity": first.quantity,
        "appliedScopeType": "Shared",
        **properties,
    }
    return {"sku": {"name": first.sku}, "location": first.region, "properties": said}


def test_the_declared_part_of_what_always_runs_is_reserved_in_each_region_rounded_down() -> None:
    assert {(item.sku, item.region): (item.steady, item.quantity) for item in _PLANNED} == {
        ("Standard_D4ds_v5", "eastus2"): (3, 2),
        ("Standard_D8ds_v5", "eastus2"): (3, 2),
        ("Standard_D4ds_v5", "centralus"): (3, 2),
        ("Standard_D8ds_v5", "centralus"): (3, 2),
    }
    assert {(item.term, item.payment) for item in _PLANNED} == {("P3Y", "Upfront")}


def test_no_more_than_the_declared_part_is_ever_reserved() -> None:
    for percent in range(0, 101, 7):
        for item in planned_reservations(environment("prod"), replace(COST, reserved_percent=percent)):
            assert item.quantity * 100 <= item.steady * percent


def test_what_shuts_down_reserves_nothing() -> None:
    assert planned_reservations(environment("dev"), COST) == ()


def test_a_request_is_for_one_subscription_and_is_not_renewed() -> None:
    said = _PLANNED[0].document(_SUBSCRIPTION)
    place = f"/subscriptions/{_SUBSCRIPTION}"
    assert said["sku"] == {"name": "Standard_D4ds_v5"}
    assert said["location"] == "eastus2"
    assert said["properties"]["appliedScopeProperties"] == {"subscriptionId": place}
    assert (said["properties"]["billingScopeId"], said["properties"]["renew"]) == (place, False)
    assert (said["properties"]["term"], said["properties"]["billingPlan"]) == ("P3Y", "Upfront")


def test_what_is_held_is_not_bought_again() -> None:
    assert missing(_PLANNED, [_held()], _SUBSCRIPTION) == list(_PLANNED[1:])
    own = {"appliedScopeType": "Single", "appliedScopes": [f"/subscriptions/{_SUBSCRIPTION}"]}
    assert missing(_PLANNED, [_held(**own)], _SUBSCRIPTION) == list(_PLANNED[1:])


def test_what_is_held_in_part_is_made_up() -> None:
    first, *_ = missing(_PLANNED, [_held(quantity=1)], _SUBSCRIPTION)
    assert (first.sku, first.quantity) == (_PLANNED[0].sku, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"provisioningState": "Expired"},
        {"provisioningState": "Cancelled"},
        {"reservedResourceType": "SqlDatabases"},
        {"appliedScopeType": "Single", "appliedScopeProperties": {"subscriptionId": "/subscriptions/another"}},
        {"appliedScopeType": "ManagementGroup"},
    ],
)
def test_what_does_not_apply_here_does_not_count(other: dict[str, Any]) -> None:
    assert missing(_PLANNED, [_held(**other)], _SUBSCRIPTION) == list(_PLANNED)
