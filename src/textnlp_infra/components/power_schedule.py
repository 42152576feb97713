"""Switches an environment that nobody uses at night off and on again: its clusters, and the database under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Expression, Resource, Value, call, concat
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.power_workflow import CLUSTER, DATABASE, Machine, starting, stopping, zone_of
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.roles import assign_own_role
from textnlp_infra.stamp import GLOBAL, Stamp

WORKFLOW = "Microsoft.Logic/workflows"
ROLE = "Microsoft.Authorization/roleDefinitions"
QUIET_HOURS = "Microsoft.AlertsManagement/actionRules"
SETTLING_MINUTES = 30
"""How long alerts stay quiet after everything has been started."""

ACTIONS = tuple(
    f"{machine.type}/{verb}" for machine in (CLUSTER, DATABASE) for verb in ("read", "start/action", "stop/action")
)
"""All that the schedule may do."""

_NOBODY: Value = {"allowedCallerIpAddresses": []}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PowerSchedule:
    """The workflows, which stop and start."""

    stop: Resource
    start: Resource
    resources: tuple[Resource, ...]


def build_power_schedule(
    stamp: Stamp, clusters: Sequence[Resource], server: Resource, workspace: Resource
) -> PowerSchedule:
    """Build the schedule of an environment that shuts down; its clusters are stopped before their database is."""
    identity = stamp.resource("Microsoft.ManagedIdentity/userAssignedIdentities", part="power")
    role = _role(stamp)
    machines = (*((_key("cluster", cluster), CLUSTER, cluster) for cluster in clusters), ("database", DATABASE, server))
    grants = tuple(assign_own_role(role, machine, to=identity) for _, _, machine in machines)
    ids = {name: machine.id for name, _, machine in machines}
    kinds: dict[str, Machine] = {name: kind for name, kind, _ in machines}
    backwards = dict(reversed(kinds.items()))
    stop = _workflow(stamp, "stop", stopping(kinds, TOPOLOGY.cost), identity, ids, grants)
    start = _workflow(stamp, "start", starting(backwards, TOPOLOGY.cost), identity, ids, grants)
    told = (diagnostics(stop, workspace), diagnostics(start, workspace))
    return PowerSchedule(stop=stop, start=start, resources=(identity, role, *grants, stop, start, *told))


def build_quiet_hours(stamp: Stamp, silenced: Sequence[Resource]) -> Resource:
    """Wake nobody because of what is switched off; alerts are still written down, and those of all else still wake."""
    cost = TOPOLOGY.cost
    ends = datetime.fromisoformat(f"2026-01-01T{cost.shutdown_until}") + timedelta(minutes=SETTLING_MINUTES)
    hours: list[Value] = [
        {"recurrenceType": "Daily", "startTime": f"{cost.shutdown_from}:00", "endTime": f"{ends:%H:%M:%S}"}
    ]
    return stamp.resource(
        QUIET_HOURS,
        {
            "scopes": tuple(resource.id for resource in silenced),
            "schedule": {"timeZone": zone_of(cost), "recurrences": hours},
            "actions": [{"actionType": "RemoveAllActionGroups"}],
            "enabled": True,
        },
        part="night",
        location=GLOBAL,
    )


def _key(name: str, cluster: Resource) -> str:
    return f"{name}_{cluster.location}"


def _role(stamp: Stamp) -> Resource:
    """Return a role that can do no more than look, stop and start; its name is unique in the tenant."""
    subscription = call("subscription").property("subscriptionId")
    group = call("resourceGroup").property("id")
    return Resource(
        type=ROLE,
        name=call("guid", subscription, stamp.group.name, "power"),
        group=stamp.group,
        properties={
            "roleName": concat(f"Power of {stamp.group.name}, ", subscription),
            "type": "CustomRole",
            "permissions": [{"actions": ACTIONS, "notActions": [], "dataActions": [], "notDataActions": []}],
            "assignableScopes": (group,),
        },
    )


def _workflow(
    stamp: Stamp,
    verb: str,
    definition: dict[str, Value],
    identity: Resource,
    ids: dict[str, Expression],
    grants: tuple[Resource, ...],
) -> Resource:
    given: dict[str, Expression] = {
        "identity": identity.id,
        "resource_manager": call("environment").property("resourceManager"),
        **ids,
    }
    return stamp.resource(
        WORKFLOW,
        {
            "state": "Enabled",
            "accessControl": {"triggers": _NOBODY, "contents": _NOBODY},
            "definition": definition,
            "parameters": {name: {"value": value} for name, value in given.items()},
        },
        part=verb,
        identity=user_assigned(identity),
        after=grants,
    )
