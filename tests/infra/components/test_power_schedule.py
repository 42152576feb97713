from typing import Any

from tests.infra.estate_parts import faults, of_type, parts, properties
from textnlp.topology.cost import COST
from textnlp_infra.components.power_schedule import ACTIONS, build_power_schedule, build_quiet_hours
from textnlp_infra.components.power_workflow import starting, stopping

_STAMP = parts("dev").stamp
_CLUSTER = _STAMP.resource("Microsoft.ContainerService/managedClusters")
_SERVER = _STAMP.resource("Microsoft.DBforPostgreSQL/flexibleServers")
_BUILT = build_power_schedule(_STAMP, [_CLUSTER], _SERVER, parts("dev").foundation.workspace)


def _recurrence(definition: Any) -> Any:
    (trigger,) = definition["triggers"].values()
    return trigger["recurrence"]


def test_the_rendered_schedule_is_the_declared_one() -> None:
    stop, start = (_recurrence(properties(each)["definition"]) for each in (_BUILT.stop, _BUILT.start))
    hours = [f"{int(each['schedule']['hours'][0]):02}:{each['schedule']['minutes'][0]:02}" for each in (stop, start)]
    assert hours == [COST.shutdown_from, COST.shutdown_until]
    assert stop["timeZone"] == start["timeZone"] == "UTC"
    assert (stop["frequency"], stop["interval"]) == ("Day", 1)


def test_the_workflows_are_those_that_the_interpreter_runs() -> None:
    machines = {name for name in properties(_BUILT.stop)["parameters"] if name not in {"identity", "resource_manager"}}
    assert machines == {"cluster_eastus2", "database"}
    definitions = [properties(each)["definition"] for each in (_BUILT.stop, _BUILT.start)]
    assert [list(each["actions"]) for each in definitions] == [
        ["Stop_cluster_eastus2", "Stop_database"],
        ["Start_database", "Start_cluster_eastus2"],
    ]
    assert all(each["parameters"].keys() == machines | {"identity", "resource_manager"} for each in definitions)
    assert starting.__module__ == stopping.__module__


def test_the_schedule_may_look_stop_and_start_and_nothing_else() -> None:
    (role,) = of_type(_BUILT.resources, "roleDefinitions")
    (permission,) = properties(role)["permissions"]
    assert permission["actions"] == list(ACTIONS)
    assert {action.rpartition("/")[2] for action in ACTIONS} == {"read", "action"}
    assert len(ACTIONS) == 6
    assert properties(role)["assignableScopes"] == ["[resourceGroup().id]"]


def test_it_may_so_on_the_cluster_and_the_server_alone_and_before_it_runs() -> None:
    grants = of_type(_BUILT.resources, "roleAssignments")
    assert [grant.scope for grant in grants] == [_CLUSTER, _SERVER]
    assert _BUILT.stop.after == _BUILT.start.after == tuple(grants)


def test_no_address_is_let_into_a_workflow_or_into_what_it_did() -> None:
    for workflow in (_BUILT.stop, _BUILT.start):
        control = properties(workflow)["accessControl"]
        assert {kind: each["allowedCallerIpAddresses"] for kind, each in control.items()} == {
            "triggers": [],
            "contents": [],
        }


def test_alerts_of_what_is_off_are_quiet_until_it_had_time_to_come_back() -> None:
    said = properties(build_quiet_hours(_STAMP, [_CLUSTER, _SERVER]))
    (hours,) = said["schedule"]["recurrences"]
    assert (hours["startTime"], hours["endTime"]) == ("18:00:00", "08:30:00")
    assert len(said["scopes"]) == 2


def test_the_published_types_take_all_of_it() -> None:
    assert faults((_CLUSTER, _SERVER, *_BUILT.resources)) == faults((_CLUSTER, _SERVER))
