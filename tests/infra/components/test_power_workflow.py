"""The workflows that stop and start, run by the interpreter against machines that take their time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest

from tests.doubles.logic_app.expressions import Scope
from tests.doubles.logic_app.workflow import WorkflowRun
from textnlp.topology.cost import COST
from textnlp_infra.components.power_workflow import CLUSTER, DATABASE, WINDOWS_ZONES, Machine, starting, stopping

_MACHINES = {"cluster": CLUSTER, "database": DATABASE}
_MANAGER = "https://management.azure.com/"
_TODAY = datetime(2026, 11, 27, 18, tzinfo=UTC)


@dataclass
class _Azure:
    """A cluster and a database that get to another state after some looks, as Azure tells of them.

    Attributes:
        takes: looks after which a machine is where it was told to be.
        told: what each was told, in order.
    """

    states: dict[str, str]
    takes: int = 2
    tags: dict[str, str] = field(default_factory=dict[str, str])
    told: list[str] = field(default_factory=list[str])
    pending: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == f"Bearer {_MANAGER} for /identities/power"
        assert "api-version" in request.url.params
        _, name, *verb = request.url.path.split("/")
        machine = _MACHINES[name]
        if verb:
            self.told.append(f"{verb[0]} {name}")
            end = machine.stopped if verb[0] == "stop" else machine.running
            self.pending[name] = ["Busy"] * (self.takes - 1) + [end]
            return httpx.Response(202, headers={"Location": f"{_MANAGER}operations/1"})
        if self.pending.get(name):
            self.states[name] = self.pending[name].pop(0)
        return httpx.Response(200, json=_shown(machine, self.states[name], self.tags))


def _shown(machine: Machine, state: str, tags: dict[str, str]) -> dict[str, Any]:
    value: Any = state
    for part in reversed(machine.state):
        value = {part: value}
    return {"properties": value, "tags": tags}


def _run(definition: Any, azure: _Azure) -> str:
    given = {
        "identity": "/identities/power",
        "resource_manager": _MANAGER,
        "cluster": "/cluster",
        "database": "/database",
    }
    with httpx.Client(transport=httpx.MockTransport(azure)) as client:
        run = WorkflowRun(
            definition,
            Scope(None, given, "run", now=_TODAY),
            client=client,
            token_for=lambda identity, audience: f"{audience} for {identity}",
        )
        return run.outcome()


def _running() -> dict[str, str]:
    return {"cluster": "Running", "database": "Ready"}


def _stopped() -> dict[str, str]:
    return {"cluster": "Stopped", "database": "Stopped"}


def test_the_cluster_is_stopped_before_its_database() -> None:
    azure = _Azure(_running())
    assert _run(stopping(_MACHINES, COST), azure) == "Succeeded"
    assert azure.told == ["stop cluster", "stop database"]
    assert azure.states == _stopped()


def test_the_database_is_started_before_its_cluster() -> None:
    azure = _Azure(_stopped())
    assert _run(starting(dict(reversed(_MACHINES.items())), COST), azure) == "Succeeded"
    assert azure.told == ["start database", "start cluster"]
    assert azure.states == _running()


def test_what_is_there_already_is_left_alone() -> None:
    stopped, running = _Azure(_stopped()), _Azure(_running())
    assert _run(stopping(_MACHINES, COST), stopped) == "Succeeded"
    assert _run(starting(_MACHINES, COST), running) == "Succeeded"
    assert stopped.told == running.told == []


@pytest.mark.parametrize(("until", "told"), [("2026-11-26", 2), ("2026-11-27", 0), ("2027-01-04", 0), ("", 2)])
def test_the_clusters_tag_keeps_all_of_it_running_until_its_day(until: str, told: int) -> None:
    azure = _Azure(_running(), tags={COST.keep_running_tag: until})
    assert _run(stopping(_MACHINES, COST), azure) == "Succeeded"
    assert len(azure.told) == told


def test_a_database_stays_on_under_a_cluster_that_does_not_stop_and_the_run_fails() -> None:
    azure = _Azure(_running(), takes=100)
    assert _run(stopping(_MACHINES, COST), azure) == "Failed"
    assert azure.told == ["stop cluster"]


def test_a_machine_that_takes_nearly_an_hour_is_waited_for() -> None:
    azure = _Azure(_running(), takes=59)
    assert _run(stopping(_MACHINES, COST), azure) == "Succeeded"


def test_a_machine_that_cannot_be_seen_fails_the_run() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"error": {"code": "AuthorizationFailed"}})

    assert _run(stopping(_MACHINES, COST), cast("Any", refuse)) == "Failed"


def test_they_run_every_day_at_the_declared_hours_in_the_declared_time_zone() -> None:
    cost = replace(COST, shutdown_from="19:30", time_zone="America/New_York")
    for definition, hour, minute in ((stopping(_MACHINES, cost), "19", 30), (starting(_MACHINES, cost), "8", 0)):
        (trigger,) = cast("Any", definition)["triggers"].values()
        assert trigger["recurrence"] == {
            "frequency": "Day",
            "interval": 1,
            "timeZone": "Eastern Standard Time",
            "schedule": {"hours": [hour], "minutes": [minute]},
        }


def test_a_time_zone_that_nobody_translated_is_refused() -> None:
    assert COST.time_zone in WINDOWS_ZONES
    with pytest.raises(ValueError, match="'Mars/Olympus' has no Windows name"):
        stopping(_MACHINES, replace(COST, time_zone="Mars/Olympus"))
