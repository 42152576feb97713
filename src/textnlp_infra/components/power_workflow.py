"""The workflow that stops or starts machines at an hour of the day, in the language of Logic Apps.

It looks before it acts, so that running it twice does no harm, and looks again until it is done: the addresses that
Azure offers for waiting are outside of what the workflow may read. A run that does not get there fails.
"""

from dataclasses import dataclass
from datetime import time

from textnlp.topology.cost import Cost
from textnlp_infra.api_versions import api_version
from textnlp_infra.arm import Value

_SCHEMA = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
_LONGEST = "PT1H"
_LOOKS = 60
_BETWEEN_LOOKS_MINUTES = 1

WINDOWS_ZONES = {
    "America/Chicago": "Central Standard Time",
    "America/New_York": "Eastern Standard Time",
    "Etc/UTC": "UTC",
    "Europe/Berlin": "W. Europe Standard Time",
    "Europe/London": "GMT Standard Time",
}
"""Time zones by their IANA names, as Logic Apps and alert rules call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Something that can be stopped and started, as its type tells of it.

    Attributes:
        state: where its state stands in its properties, one name below the other.
        running, stopped: what stands there.
    """

    type: str
    state: tuple[str, ...]
    running: str
    stopped: str


CLUSTER = Machine(
    type="Microsoft.ContainerService/managedClusters",
    state=("powerState", "code"),
    running="Running",
    stopped="Stopped",
)
DATABASE = Machine(
    type="Microsoft.DBforPostgreSQL/flexibleServers", state=("state",), running="Ready", stopped="Stopped"
)


def stopping(machines: dict[str, Machine], cost: Cost) -> dict[str, Value]:
    """Return the workflow that stops machines in their order, unless the tag of the first says not to."""
    first, *_ = machines
    return _workflow(machines, cost, at=cost.shutdown_from, verb="stop", unless=_is_kept(first, cost))


def starting(machines: dict[str, Machine], cost: Cost) -> dict[str, Value]:
    """Return the workflow that starts machines in their order."""
    return _workflow(machines, cost, at=cost.shutdown_until, verb="start", unless=None)


def zone_of(cost: Cost) -> str:
    """Return the declared time zone as Azure calls it; raise `ValueError` for one that nobody translated."""
    if cost.time_zone not in WINDOWS_ZONES:
        known = ", ".join(WINDOWS_ZONES)
        raise ValueError(f"time zone '{cost.time_zone}' has no Windows name here; there are {known}")
    return WINDOWS_ZONES[cost.time_zone]


def _workflow(machines: dict[str, Machine], cost: Cost, *, at: str, verb: str, unless: str | None) -> dict[str, Value]:
    moment = time.fromisoformat(at)
    actions: dict[str, Value] = {}
    before: dict[str, Value] = {}
    for name, machine in machines.items():
        actions[f"{verb.capitalize()}_{name}"] = {
            "type": "Scope",
            "actions": _steps(name, machine, verb, unless),
            "runAfter": before,
        }
        before = {f"{verb.capitalize()}_{name}": ["Succeeded"]}
    texts = ("identity", "resource_manager", *machines)
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {name: {"type": "String"} for name in texts},
        "triggers": {
            "Every_day": {
                "type": "Recurrence",
                "recurrence": {
                    "frequency": "Day",
                    "interval": 1,
                    "timeZone": zone_of(cost),
                    "schedule": {"hours": [str(moment.hour)], "minutes": [moment.minute]},
                },
                "runtimeConfiguration": {"concurrency": {"runs": 1}},
            }
        },
        "actions": actions,
        "outputs": {},
    }


def _steps(name: str, machine: Machine, verb: str, unless: str | None) -> dict[str, Value]:
    """Return what is done with one machine: look, act where it must, wait, and fail where it is not as wanted."""
    wanted, left = (machine.stopped, machine.running) if verb == "stop" else (machine.running, machine.stopped)
    conditions: list[Value] = [{"equals": [_state(f"Look_at_{name}", machine), left]}]
    if unless is not None:
        conditions.append({"not": {"equals": [unless, True]}})
    again = f"Look_again_at_{name}"
    acted: dict[str, Value] = {
        f"Tell_{name}": _request(name, machine, "POST", path=f"/{verb}"),
        f"Until_{name}_is_there": {
            "type": "Until",
            "expression": f"@equals({_state(again, machine)[1:]}, '{wanted}')",
            "limit": {"count": _LOOKS, "timeout": _LONGEST},
            "actions": {
                f"Wait_for_{name}": {
                    "type": "Wait",
                    "inputs": {"interval": {"count": _BETWEEN_LOOKS_MINUTES, "unit": "Minute"}},
                    "runAfter": {},
                },
                again: _request(name, machine, "GET", after=f"Wait_for_{name}"),
            },
            "runAfter": {f"Tell_{name}": ["Succeeded"]},
        },
        f"Is_{name}_there": {
            "type": "If",
            "expression": {"and": [{"not": {"equals": [_state(again, machine), wanted]}}]},
            "actions": {
                f"Give_{name}_up": {
                    "type": "Terminate",
                    "inputs": {
                        "runStatus": "Failed",
                        "runError": {"code": "NotInTime", "message": f"{name} did not {verb} within an hour."},
                    },
                    "runAfter": {},
                }
            },
            "runAfter": {f"Until_{name}_is_there": ["Succeeded", "TimedOut"]},
        },
    }
    return {
        f"Look_at_{name}": _request(name, machine, "GET"),
        f"Must_{name}_{verb}": {
            "type": "If",
            "expression": {"and": conditions},
            "actions": acted,
            "runAfter": {f"Look_at_{name}": ["Succeeded"]},
        },
    }


def _request(name: str, machine: Machine, method: str, *, path: str = "", after: str | None = None) -> Value:
    version = api_version(machine.type)
    return {
        "type": "Http",
        "inputs": {
            "method": method,
            "uri": (
                f"@{{parameters('resource_manager')}}@{{substring(parameters('{name}'), 1)}}{path}"
                f"?api-version={version}"
            ),
            "authentication": {
                "type": "ManagedServiceIdentity",
                "identity": "@parameters('identity')",
                "audience": "@parameters('resource_manager')",
            },
            "retryPolicy": {"type": "exponential", "count": 4, "interval": "PT10S"},
        },
        "operationOptions": "DisableAsyncPattern",
        "runAfter": {after: ["Succeeded"]} if after else {},
    }


def _state(action: str, machine: Machine) -> str:
    return f"@body('{action}')?['properties']" + "".join(f"?['{part}']" for part in machine.state)


def _is_kept(name: str, cost: Cost) -> str:
    """Return whether the tag names this day, as it is in the declared time zone, or a later one."""
    tag = f"coalesce(body('Look_at_{name}')?['tags']?['{cost.keep_running_tag}'], '')"
    day = f"convertFromUtc(utcNow(), '{zone_of(cost)}', 'yyyy-MM-dd')"
    return f"@greaterOrEquals({tag}, {day})"
