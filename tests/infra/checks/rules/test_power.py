"""Mistakes in the schedule, planted into the templates of the environment that shuts down."""

from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.infra.checks.planting import Mistake, plant, put, resources_of
from textnlp_infra.checks.estate_check import expanded, find_faults, templates
from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import environment

_DEV, _PROD = environment("dev"), environment("prod")
_DAY = date(2026, 11, 27)
_WORKFLOW = "Microsoft.Logic/workflows"
_ROLE = "Microsoft.Authorization/roleDefinitions"
_POLICY = "Microsoft.DataProtection/backupVaults/backupPolicies"
_RECURRENCE = "properties.definition.triggers.Every_day.recurrence"

MISTAKES = [
    Mistake(
        "a schedule an hour late",
        _WORKFLOW,
        "-stop",
        put(f"{_RECURRENCE}.schedule.hours", ["19"]),
        "stops machines at 19:00 UTC",
        "write 18:00 UTC, as declared",
    ),
    Mistake(
        "a schedule in another time zone",
        _WORKFLOW,
        "-start",
        put(f"{_RECURRENCE}.timeZone", "Pacific Standard Time"),
        "starts machines at 08:00 Pacific Standard Time",
        "write 08:00 UTC",
    ),
    Mistake(
        "a server that nothing starts again",
        _WORKFLOW,
        "-start",
        put("properties.parameters.database.value", "/none"),
        "no workflow starts it at 08:00",
        "name it in power_schedule",
        where="Microsoft.DBforPostgreSQL/flexibleServers",
    ),
    Mistake(
        "a backup in the night",
        _POLICY,
        "/database-backup",
        put(
            "properties.policyRules[BackupDaily].trigger.schedule.repeatingTimeIntervals",
            ["R/2026-01-05T02:00:00+00:00/P1D"],
        ),
        "begins at 02:00 UTC, while all is off",
        "working_hours.time_when_on",
    ),
    Mistake(
        "upgrades in the night",
        "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
        "/aksManagedAutoUpgradeSchedule",
        put("properties.maintenanceWindow.startTime", "02:00"),
        "begins at 02:00 UTC, while all is off",
        "working_hours.time_when_on",
    ),
    Mistake(
        "maintenance in the night",
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "psql-textnlp-dev-eus2",
        put("properties.maintenanceWindow.startHour", 3),
        "is maintained at 3 o'clock, while it is off",
        "working_hours.time_when_on",
    ),
    Mistake(
        "a role that may do everything with clusters",
        _ROLE,
        "",
        put("properties.permissions", [{"actions": ["Microsoft.ContainerService/managedClusters/*"]}]),
        "allows Microsoft.ContainerService/managedClusters/*",
        "write the single actions",
    ),
    Mistake(
        "a role for the whole subscription",
        _ROLE,
        "",
        put("properties.assignableScopes", ["[subscription().id]"]),
        "can be given on /subscriptions/",
        "write a resource group",
    ),
]


@cache
def _findings() -> list[Finding]:
    stacks = deepcopy(templates(_DEV))
    for mistake in MISTAKES:
        plant(stacks, mistake)
    return find_faults(expanded(stacks, _DEV, _DAY), None)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says)
def test_a_mistake_is_found_and_explained(mistake: Mistake) -> None:
    where = mistake.where or mistake.kind
    told = [finding for finding in _findings() if mistake.what in finding.what and where in finding.where]
    assert told, _findings()
    assert any(mistake.advice in finding.advice for finding in told)


def test_a_schedule_that_stops_production_is_found() -> None:
    stacks: Any = deepcopy(templates(_PROD))
    (power,) = (unit for unit in templates(_DEV)["workload"]["resources"] if unit["name"] == "power-platform-eastus2")
    stop = next(item for _, item in resources_of(power["properties"]["template"]) if item["type"] == _WORKFLOW)
    body: dict[str, Any] = {**stop, "dependsOn": [], "identity": {"type": "SystemAssigned"}}
    body["properties"] = {**stop["properties"], "parameters": {}}
    units = {unit["name"]: unit for unit in stacks["workload"]["resources"] if "properties" in unit}
    units["backup-platform-eastus2"]["properties"]["template"]["resources"].append(body)
    told = [finding.what for finding in find_faults(expanded(stacks, _PROD, _DAY), None) if _WORKFLOW in finding.where]
    assert "stops machines of prod" in told


def test_what_is_rendered_has_no_such_mistake() -> None:
    assert find_faults(expanded(templates(_DEV), _DEV, _DAY), None) == []
