from functools import cache
from typing import Any, cast

import pytest

from tests.infra.estate_parts import body, of_type, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Resource
from textnlp_infra.components.detection import DETECTIONS
from textnlp_infra.components.metric_alerts import METRIC_ALERTS
from textnlp_infra.components.policy_assignments import BUILT_IN_POLICIES
from textnlp_infra.components.prometheus_alerts import PROMETHEUS_ALERTS
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.operations import build_operations
from textnlp_infra.stacks.platform import PlatformStack, build_platform


@cache
def _built(name: str) -> tuple[PlatformStack, dict[str, tuple[Resource, ...]]]:
    foundation = build_foundation(environment(name))
    platform = build_platform(foundation.environment, foundation)
    return platform, build_operations(foundation, platform)


def _component(name: str) -> tuple[Resource, ...]:
    return _built("prod")[1][name]


def test_every_declared_alert_is_a_rule_that_tells_the_operators() -> None:
    rules = {properties(rule)["displayName"]: rule for rule in of_type(_component("alerts"), "scheduledQueryRules")}
    (group,) = of_type(_component("alerts"), "actionGroups")
    assert set(rules) == {alert.name for alert in TOPOLOGY.alerts}
    for alert in TOPOLOGY.alerts:
        said = properties(rules[alert.name])
        assert said["criteria"]["allOf"][0]["query"] == alert.query
        assert said["windowSize"] in {"PT5M", "PT15M", "PT1H"}
        assert group in list(rules[alert.name].uses())


def test_the_operators_are_found_by_role_and_no_address_is_written() -> None:
    (group,) = of_type(_component("alerts"), "actionGroups")
    said = properties(group)
    assert [told["name"] for told in said["armRoleReceivers"]] == ["monitoring-contributors"]
    assert "emailReceivers" not in said
    assert len(said["groupShortName"]) <= 12


def test_each_metric_alert_watches_something_that_is_built() -> None:
    every = [rule for name in ("dev", "prod") for rule in of_type(_built(name)[1]["alerts"], "metricAlerts")]
    scopes = [str(properties(rule)["scopes"]) for rule in every]
    for alert in METRIC_ALERTS:
        assert any(alert.watches in scope for scope in scopes), alert.name
    names = [str(rule.name) for rule in of_type(_component("alerts"), "metricAlerts")]
    assert len(set(names)) == len(names)


def test_each_of_the_two_workflows_of_the_schedule_has_its_alert() -> None:
    names = [str(rule.name) for rule in of_type(_built("dev")[1]["alerts"], "metricAlerts")]
    assert [name.rpartition("schedule-failed-")[2] for name in names if "schedule" in name] == ["stop", "start"]


def test_only_what_shuts_down_has_a_schedule() -> None:
    assert len(of_type(_built("dev")[1]["power"], "workflows")) == 2
    assert _built("prod")[1]["power"] == ()


def test_every_cluster_has_the_rules_on_its_own_metrics() -> None:
    platform, components = _built("prod")
    groups = of_type(components["alerts"], "prometheusRuleGroups")
    assert [properties(group)["clusterName"] for group in groups] == [
        built.cluster.name for built in platform.compute.clusters.values()
    ]
    assert {rule["alert"] for rule in properties(groups[0])["rules"]} == {alert.name for alert in PROMETHEUS_ALERTS}
    assert {group.location for group in groups} == set(platform.stamps)


def test_callers_way_in_is_tried_from_outside() -> None:
    (test,) = of_type(_component("alerts"), "webtests")
    said = properties(test)
    assert said["Request"]["RequestUrl"].startswith("https://api.textnlp.com/")
    assert "hidden-link:" in body(test)["tags"]


def test_the_workbook_holds_every_panel() -> None:
    (workbook,) = _component("workbook")
    drawn = properties(workbook)["serializedData"]
    assert [panel.title for panel in TOPOLOGY.panels if panel.title not in drawn] == []


def test_the_budget_is_the_declared_one_of_the_environment() -> None:
    (budget,) = _component("budget")
    said = properties_of_subscription(budget)
    assert said["amount"] == TOPOLOGY.cost.monthly_budget
    assert {(notice["thresholdType"], notice["threshold"]) for notice in said["notifications"].values()} == set(
        TOPOLOGY.cost.alerts
    )
    assert said["filter"]["tags"]["values"] == ("prod",)


def properties_of_subscription(resource: Resource) -> dict[str, Any]:
    return cast("dict[str, Any]", resource.properties)


def test_policies_hold_in_the_groups_of_every_region() -> None:
    assigned = _component("policies")
    regions = len(environment("prod").regions)
    assert len(assigned) == regions * sum(len(policy.stacks) for policy in BUILT_IN_POLICIES)
    assert all(item.group and item.group.stack in {"foundation", "platform"} for item in assigned)


def test_the_plans_of_defender_are_switched_on_one_after_another() -> None:
    *plans, _ = _component("defender")
    assert [plan.after for plan in plans] == [(), *((plan,) for plan in plans[:-1])]
    assert all(cast("Any", plan.properties)["pricingTier"] == "Standard" for plan in plans)


def test_the_owners_are_told_of_attacks_and_no_address_is_written() -> None:
    contact = properties_of_subscription(_component("defender")[-1])
    assert contact["notificationsByRole"] == {"state": "On", "roles": ["Owner"]}
    assert "emails" not in contact


def test_sentinel_is_on_before_its_rules() -> None:
    onboarded, *rules = _component("detection")
    assert len(rules) == len(DETECTIONS)
    assert all(onboarded in list(rule.uses()) for rule in rules)


def test_data_and_keys_are_locked() -> None:
    locked = {lock.scope.type for lock in _component("locks") if lock.scope}
    assert locked == {
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "Microsoft.KeyVault/vaults",
        "Microsoft.Storage/storageAccounts",
    }


@pytest.mark.parametrize("component", ["defender", "detection", "locks"])
def test_development_leaves_the_subscription_alone_and_can_be_taken_down(component: str) -> None:
    assert component not in _built("dev")[1]
