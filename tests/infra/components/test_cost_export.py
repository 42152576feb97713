from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any, cast

from tests.infra.checks.planting import resources_of
from tests.infra.estate_parts import parts
from textnlp_infra.checks.estate_check import expanded, find_faults, templates
from textnlp_infra.components.cost_export import build_cost_export
from textnlp_infra.environments import environment
from textnlp_infra.policies import COST_EXPORTS

_STAMP = parts().stamp
_ACCOUNT = _STAMP.resource("Microsoft.Storage/storageAccounts", part="data")
_CONTAINER = _ACCOUNT.child("blobServices", "default").child("containers", COST_EXPORTS)
_EXPORT, _GRANT = build_cost_export(_STAMP, _ACCOUNT, _CONTAINER)
_KIND = "Microsoft.CostManagement/exports"


def _said() -> Any:
    return cast("Any", _EXPORT.properties)


def test_the_costs_of_the_month_are_written_every_day_over_those_of_the_day_before() -> None:
    assert _said()["schedule"]["recurrence"] == "Daily"
    assert _said()["definition"]["timeframe"] == "MonthToDate"
    assert _said()["dataOverwriteBehavior"] == "OverwritePreviousReport"


def test_it_goes_to_a_container_of_its_own_under_the_environments_name() -> None:
    destination = _said()["deliveryInfo"]["destination"]
    assert (destination["container"], destination["rootFolderPath"]) == (COST_EXPORTS, "prod")
    assert "sasToken" not in destination


def test_it_writes_as_an_identity_that_may_write_there_alone() -> None:
    assert _EXPORT.identity == {"type": "SystemAssigned"}
    assert _GRANT.scope is _CONTAINER


@cache
def _templates() -> dict[str, Any]:
    return cast("dict[str, Any]", templates(environment("prod")))


def _findings(stacks: dict[str, Any]) -> list[str]:
    faults = find_faults(expanded(stacks, environment("prod"), date(2026, 11, 27)), None)
    return [fault.what for fault in faults if _KIND in fault.where]


def test_an_export_that_may_not_write_is_found() -> None:
    stacks = deepcopy(_templates())
    (grant,) = (
        item
        for _, item in resources_of(stacks["workload"])
        if item["type"].endswith("/roleAssignments") and _KIND in str(item["properties"])
    )
    grant["condition"] = False
    assert _findings(stacks) == [f"may not write to container '{COST_EXPORTS}'"]


def test_an_export_without_an_identity_is_found() -> None:
    stacks = deepcopy(_templates())
    (export,) = (item for _, item in resources_of(stacks["workload"]) if item["type"] == _KIND)
    export["identity"] = {"type": "None"}
    assert "has no identity to write with" in _findings(stacks)
