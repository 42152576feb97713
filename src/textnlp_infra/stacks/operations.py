"""What watches over the estate, brings it back, and bounds what it may cost; part of the workload."""

from collections.abc import Mapping
from dataclasses import replace

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import PRIMARY_ACCOUNT
from textnlp.topology.recovery import BackupPolicy
from textnlp_infra.arm import Resource, ResourceGroup
from textnlp_infra.components.action_group import build_action_group
from textnlp_infra.components.activity_alerts import build_activity_alerts
from textnlp_infra.components.availability import build_availability
from textnlp_infra.components.backup import build_backup_vault, build_blob_backup, build_database_backup
from textnlp_infra.components.budget import build_budget
from textnlp_infra.components.cluster_monitoring import MONITOR
from textnlp_infra.components.cost_export import build_cost_export
from textnlp_infra.components.defender import build_defender, build_security_contact
from textnlp_infra.components.detection import build_detection
from textnlp_infra.components.locks import build_locks
from textnlp_infra.components.log_alerts import build_log_alerts
from textnlp_infra.components.metric_alerts import build_metric_alerts
from textnlp_infra.components.policy_assignments import build_policy_assignments
from textnlp_infra.components.power_schedule import (
    PowerSchedule,
    build_power_schedule,
    build_quiet_hours,
)
from textnlp_infra.components.prometheus_alerts import build_prometheus_alerts
from textnlp_infra.components.workbook import build_workbook
from textnlp_infra.policies import COST_EXPORTS
from textnlp_infra.stacks.foundation import Foundation
from textnlp_infra.stacks.platform import PlatformStack
from textnlp_infra.stamp import Stamp
from textnlp_infra.working_hours import time_when_on


def build_operations(foundation: Foundation, platform: PlatformStack) -> dict[str, tuple[Resource, ...]]:
    """Return the resources by component; those of one subscription, and locks, are for production alone."""
    environment = foundation.environment
    region = environment.primary.name
    base, place = foundation.stamps[region], platform.stamps[region]
    action_group = build_action_group(base)
    vault, told = build_backup_vault(place, foundation.workspace, _backup_redundancy(place))
    power = _power(foundation, platform) if environment.shuts_down else None
    components = {
        "power": _power_resources(foundation, platform, power) if power else (),
        "alerts": (
            action_group,
            *build_log_alerts(base, foundation.workspace, action_group),
            *_metric_alerts(foundation, platform, power, action_group),
            *_prometheus_alerts(platform, action_group),
            *build_availability(base, foundation.insights.components["api"], action_group),
            *build_activity_alerts(base, _groups(foundation, platform), action_group),
        ),
        "workbook": (build_workbook(base, foundation.workspace),),
        "backup": (
            vault,
            told,
            *build_database_backup(_database_policy(place), vault, platform.database.server),
            *build_blob_backup(_policy("blobs"), vault, platform.storage.accounts[PRIMARY_ACCOUNT]),
        ),
        "budget": (build_budget(base, action_group),),
        "costs": build_cost_export(
            place,
            platform.storage.accounts[PRIMARY_ACCOUNT],
            platform.storage.containers[PRIMARY_ACCOUNT, COST_EXPORTS],
        ),
        "policies": tuple(
            assignment
            for stamps in (foundation.stamps, platform.stamps)
            for stamp in stamps.values()
            for assignment in build_policy_assignments(stamp)
        ),
    }
    if environment.is_production:
        kept = (
            platform.database.server,
            *platform.storage.accounts.values(),
            *(vault.vault for vault in foundation.vaults.values()),
        )
        components |= {
            "defender": (*build_defender(), build_security_contact()),
            "detection": build_detection(base, foundation.workspace),
            "locks": build_locks(kept),
        }
    return components


def _groups(foundation: Foundation, platform: PlatformStack) -> tuple[ResourceGroup, ...]:
    return tuple(stamp.group for stamps in (foundation.stamps, platform.stamps) for stamp in stamps.values())


def _policy(protects: str) -> BackupPolicy:
    return next(policy for policy in TOPOLOGY.backup_policies if policy.protects == protects)


def _database_policy(stamp: Stamp) -> BackupPolicy:
    """Return the declared policy; where the server is off at its time, at one when it is on."""
    declared = _policy("database")
    if declared.starts_at is None:
        return declared
    return replace(declared, starts_at=time_when_on(declared.starts_at, stamp.environment))


def _power(foundation: Foundation, platform: PlatformStack) -> PowerSchedule:
    place = platform.stamps[foundation.environment.primary.name]
    clusters = [built.cluster for built in platform.compute.clusters.values()]
    return build_power_schedule(place, clusters, platform.database.server, foundation.workspace)


def _power_resources(foundation: Foundation, platform: PlatformStack, power: PowerSchedule) -> tuple[Resource, ...]:
    """Return the schedule, and the quiet about all that is off or fails because of it."""
    place = platform.stamps[foundation.environment.primary.name]
    silenced = (
        *(built.cluster for built in platform.compute.clusters.values()),
        platform.database.server,
        platform.edge.gateway.service,
        *(built.gateway for built in platform.edge.application_gateways.values()),
        foundation.workspace,
        *foundation.insights.components.values(),
    )
    return (*power.resources, build_quiet_hours(place, silenced))


def _backup_redundancy(stamp: Stamp) -> str:
    declared = next(service.tier for service in TOPOLOGY.services if service.name == "backup-vault")
    return declared if stamp.environment.sizes.is_zone_redundant else "LocallyRedundant"


def _metric_alerts(
    foundation: Foundation, platform: PlatformStack, power: PowerSchedule | None, action_group: Resource
) -> tuple[Resource, ...]:
    region = foundation.environment.primary.name
    base, place = foundation.stamps[region], platform.stamps[region]
    watched = [
        (place, platform.database.server),
        (place, platform.messages.namespace),
        (place, platform.edge.gateway.service),
        *((platform.stamps[name], built.gateway) for name, built in platform.edge.application_gateways.items()),
        *((foundation.stamps[name], vault.vault) for name, vault in foundation.vaults.items()),
        *((place, workflow) for workflow in ((power.stop, power.start) if power else ())),
    ]
    return build_metric_alerts(base, watched, action_group)


def _prometheus_alerts(platform: PlatformStack, action_group: Resource) -> tuple[Resource, ...]:
    built: list[Resource] = []
    for region, stamp in platform.stamps.items():
        metrics = _metrics_of(platform.compute.components, stamp)
        cluster = platform.compute.clusters[region].cluster
        built += build_prometheus_alerts(stamp, metrics=metrics, cluster=cluster, action_group=action_group)
    return tuple(built)


def _metrics_of(components: Mapping[str, tuple[Resource, ...]], stamp: Stamp) -> Resource:
    return next(
        resource
        for resource in components["cluster-monitoring"]
        if resource.type == MONITOR and resource.location == stamp.region.name
    )
