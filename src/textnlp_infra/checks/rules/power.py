"""Hours: production is never switched off, the rest at the declared ones; nothing that needs it begins while it is."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, part, texts
from textnlp_infra.components.power_workflow import CLUSTER, DATABASE, zone_of
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.working_hours import MONDAY

_WORKFLOW = "Microsoft.Logic/workflows"
_BACKUP_POLICY = "Microsoft.DataProtection/backupVaults/backupPolicies"
_TELLS = re.compile(r"/(stop|start)\?api-version=")


def production_stays_on(graph: Graph) -> Iterator[Finding]:
    """Yield workflows that stop machines of an environment that is not declared to shut down."""
    for workflow, verb in _schedules(graph):
        if not graph.environment.shuts_down and verb == "stop":
            yield found(workflow, f"stops machines of {graph.environment.name}", "leave it out: it never shuts down")


def declared_hours(graph: Graph) -> Iterator[Finding]:
    """Yield schedules at other hours than the declared ones, and machines that no schedule stops or starts."""
    if not graph.environment.shuts_down:
        return
    hours = {"stop": TOPOLOGY.cost.shutdown_from, "start": TOPOLOGY.cost.shutdown_until}
    zone = zone_of(TOPOLOGY.cost)
    told: dict[str, set[str]] = {"stop": set(), "start": set()}
    for workflow, verb in _schedules(graph):
        told[verb] |= {str(given.get("value")).lower() for given in _given(workflow)}
        for recurrence in _recurrences(workflow):
            at = _time_of(recurrence)
            if at != hours[verb] or recurrence.get("timeZone") != zone:
                yield found(
                    workflow,
                    f"{verb}s machines at {at} {recurrence.get('timeZone')}",
                    f"write {hours[verb]} {zone}, as declared",
                )
    for kind in (CLUSTER.type, DATABASE.type):
        for machine in graph.of_type(kind):
            for verb in sorted(verb for verb, ids in told.items() if machine.id.lower() not in ids):
                yield found(machine, f"no workflow {verb}s it at {hours[verb]}", "name it in power_schedule")


def backups_while_on(graph: Graph) -> Iterator[Finding]:
    """Yield backups that begin while what they back up is switched off."""
    if not graph.environment.shuts_down:
        return
    for policy in graph.of_type(_BACKUP_POLICY):
        for rule in items(policy.properties.get("policyRules")):
            for interval in texts(part(part(rule, "trigger"), "schedule").get("repeatingTimeIntervals")):
                begins = interval.split("/")[1]
                if TOPOLOGY.cost.is_off(datetime.fromisoformat(begins)):
                    yield found(
                        policy, f"begins at {begins[11:16]} UTC, while all is off", "take working_hours.time_when_on"
                    )


def maintained_while_on(graph: Graph) -> Iterator[Finding]:
    """Yield hours for upgrades in which there is nothing to upgrade, so that it never is."""
    if not graph.environment.shuts_down:
        return
    for window in graph.of_type(f"{CLUSTER.type}/maintenanceConfigurations"):
        begins = str(part(window.properties, "maintenanceWindow").get("startTime"))
        if _is_off(begins):
            yield found(window, f"begins at {begins} UTC, while all is off", "take working_hours.time_when_on")
    for server in graph.of_type(DATABASE.type):
        hour = part(server.properties, "maintenanceWindow").get("startHour")
        if hour is not None and _is_off(f"{hour:02}:00"):
            yield found(server, f"is maintained at {hour} o'clock, while it is off", "take working_hours.time_when_on")


def _is_off(time_of_day: str) -> bool:
    return TOPOLOGY.cost.is_off(datetime.fromisoformat(f"{MONDAY.isoformat()}T{time_of_day}:00+00:00"))


def _schedules(graph: Graph) -> Iterator[tuple[ExpandedResource, str]]:
    """Yield workflows that tell machines to stop or start, with the word."""
    for workflow in graph.of_type(_WORKFLOW):
        verbs = {match[1] for uri in _uris(workflow.properties.get("definition")) if (match := _TELLS.search(uri))}
        yield from ((workflow, verb) for verb in sorted(verbs))


def _uris(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            if key == "uri":
                yield str(item)
            yield from _uris(item)


def _given(workflow: ExpandedResource) -> list[Mapping[str, Any]]:
    return items(list(part(workflow.properties, "parameters").values()))


def _recurrences(workflow: ExpandedResource) -> list[Mapping[str, Any]]:
    triggers = part(part(workflow.properties, "definition"), "triggers")
    return [part(trigger, "recurrence") for trigger in items(list(triggers.values()))]


def _time_of(recurrence: Mapping[str, Any]) -> str:
    schedule = part(recurrence, "schedule")
    hours, minutes = texts(schedule.get("hours")), texts(schedule.get("minutes"))
    return f"{'/'.join(hours):0>2}:{'/'.join(minutes):0>2}"
