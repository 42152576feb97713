"""Whether the parts of a declaration fit together; what one part alone can know, it refuses itself."""

from collections.abc import Iterable, Iterator
from datetime import time

from textnlp.topology.addresses import address_problems
from textnlp.topology.containers import ARCHIVE_TIER_REDUNDANCIES, LifecycleRule
from textnlp.topology.declaration import Topology
from textnlp.topology.events import EVENT_TOPIC
from textnlp.topology.process_fit import process_problems
from textnlp.topology.services import BLOBS

_SOFT_DELETE_MARGIN_DAYS = 5
"""Point-in-time restore of blobs needs soft delete to reach five days further back."""


def require_sound(topology: Topology) -> Topology:
    """Return `topology`; raise `ValueError` with every problem in it, each naming what is wrong and where."""
    problems = [
        *_name_problems(topology),
        *_storage_problems(topology),
        *_event_problems(topology),
        *_permission_problems(topology),
        *_model_problems(topology),
        *_telemetry_problems(topology),
        *_recovery_problems(topology),
        *_delivery_problems(topology),
        *_hour_problems(topology),
        *address_problems(topology),
        *process_problems(topology),
    ]
    if problems:
        raise ValueError("the topology does not hold together:\n" + "\n".join(f"- {problem}" for problem in problems))
    return topology


def _name_problems(topology: Topology) -> Iterator[str]:
    named: dict[str, Iterable[str]] = {
        "entity": [*(queue.name for queue in topology.queues), *(topic.name for topic in topology.topics)],
        "event type": [event.name for event in topology.event_types],
        "event route": [route.name for route in topology.event_routes],
        "container": [container.name for container in topology.containers],
        "prefix": topology.prefixes(),
        "storage account": [account.name for account in topology.storage_accounts],
        "lifecycle rule": [rule.name for rule in topology.lifecycle_rules],
        "file share": [share.name for share in topology.file_shares],
        "one-off job": [job.name for job in topology.one_off_jobs],
        "record": [record.name for record in topology.records],
        "limit": [limit.name for limit in topology.call_limits],
        "permission": [permission.value for permission in topology.permissions],
        "permission id": [permission.id for permission in topology.permissions],
        "secret": [secret.name for secret in topology.secrets],
        "model version": [f"{version.name} {version.version}" for version in topology.model_versions],
        "model deployment": [deployment.name for deployment in topology.model_deployments],
        "service or process": [
            *(service.name for service in topology.services),
            *(process.name for process in topology.processes),
        ],
        "machine size": [size.name for size in topology.machine_sizes],
        "node pool": [pool.name for pool in topology.node_pools],
        "training cluster": [cluster.name for cluster in topology.training_clusters],
        "region": [region.name for region in topology.regions],
        "subnet": [subnet.name for subnet in topology.subnets],
        "metric": [metric.name for metric in topology.metrics],
        "panel": [panel.title for panel in topology.panels],
        "alert": [alert.name for alert in topology.alerts],
        "backup policy": [policy.name for policy in topology.backup_policies],
        "environment": [environment.name for environment in topology.environments],
    }
    for topic in topology.topics:
        named[f"subscription of '{topic.name}'"] = [subscription.name for subscription in topic.subscriptions]
    for kind, names in named.items():
        seen: set[str] = set()
        for name in names:
            if name in seen:
                yield f"{kind} '{name}' is declared twice"
            if not name:
                yield f"a {kind} has no name"
            seen.add(name)


def _storage_problems(topology: Topology) -> Iterator[str]:
    prefixes = topology.prefixes()
    served = [prefix for account in topology.storage_accounts for prefix in account.prefixes]
    for prefix in prefixes:
        if served.count(prefix) != 1:
            yield f"prefix '{prefix}' lies in {served.count(prefix)} storage accounts; it must lie in one"
    for prefix in served:
        if prefix not in prefixes:
            yield f"a storage account serves '{prefix}', which no container has"
    for rule in topology.lifecycle_rules:
        yield from _rule_problems(topology, rule)
    yield from _kept_problems(topology)
    for policy in topology.backup_policies:
        if policy.protects == BLOBS:
            yield from _restore_problems(topology, policy.point_in_time_days)


def _rule_problems(topology: Topology, rule: LifecycleRule) -> Iterator[str]:
    label = f"lifecycle rule '{rule.name}'"
    unknown = [prefix for prefix in rule.prefixes if prefix not in topology.prefixes()]
    if unknown:
        yield f"{label}: no container has {_quoted(unknown)}"
        return
    accounts = [account for account in topology.storage_accounts if not set(rule.prefixes).isdisjoint(account.prefixes)]
    if len(accounts) > 1:
        names = _quoted(account.name for account in accounts)
        yield f"{label}: its prefixes lie in {names}; a rule holds in one storage account"
    for account in accounts:
        if rule.archive_after_days is not None and account.redundancy not in ARCHIVE_TIER_REDUNDANCIES:
            yield f"{label}: storage account '{account.name}' is {account.redundancy}, which has no archive tier"


def _kept_problems(topology: Topology) -> Iterator[str]:
    deleted = [p for rule in topology.lifecycle_rules if rule.delete_after_days is not None for p in rule.prefixes]
    ended = [*deleted, *(kept.prefix for kept in topology.kept_prefixes)]
    for prefix in topology.prefixes():
        if ended.count(prefix) != 1:
            yield f"prefix '{prefix}': {ended.count(prefix)} rules say when its blobs go; one must"
    tables = [table for record in topology.records for table in record.kept_in]
    for table in sorted(set(tables)):
        if tables.count(table) > 1:
            yield f"table '{table}' holds {tables.count(table)} kinds of records; it must hold one"


def _restore_problems(topology: Topology, days: int) -> Iterator[str]:
    for account in topology.storage_accounts:
        if not (account.versioning and account.change_feed):
            continue
        if account.soft_delete_days < days + _SOFT_DELETE_MARGIN_DAYS:
            yield (
                f"storage account '{account.name}': soft_delete_days is {account.soft_delete_days}; to restore any "
                f"moment of {days} days it needs {days + _SOFT_DELETE_MARGIN_DAYS}"
            )
    for rule in topology.lifecycle_rules:
        if rule.delete_versions_after_days is not None and rule.delete_versions_after_days < days:
            yield (
                f"lifecycle rule '{rule.name}': drops versions after {rule.delete_versions_after_days} days, "
                f"but any moment of {days} days must be restorable"
            )


def _event_problems(topology: Topology) -> Iterator[str]:
    known = {event.name for event in topology.event_types}
    destinations = {*topology.entities(), *(process.name for process in topology.processes)}
    for route in topology.event_routes:
        for name in route.event_types:
            if name not in known:
                yield f"event route '{route.name}': there is no event type '{name}'"
        if route.destination not in destinations:
            yield f"event route '{route.name}': there is no queue, topic or process '{route.destination}'"
        if route.subject_prefix is not None and route.subject_prefix not in topology.prefixes():
            yield f"event route '{route.name}': no container has '{route.subject_prefix}'"
    routed = {name for route in topology.event_routes for name in route.event_types}
    published = {name for process in topology.processes for name in process.publishes}
    for event in topology.event_types:
        if event.name not in routed:
            yield f"event type '{event.name}': no route carries it"
        if event.published_to == EVENT_TOPIC and event.name not in published:
            yield f"event type '{event.name}': no process publishes it"


def _permission_problems(topology: Topology) -> Iterator[str]:
    values = {permission.value for permission in topology.permissions}
    for permission in topology.permissions:
        for granted in permission.grants:
            if granted not in values:
                yield f"permission '{permission.value}': grants '{granted}', which is not declared"


def _model_problems(topology: Topology) -> Iterator[str]:
    versions = {(version.name, version.version): version for version in topology.model_versions}
    for version in topology.model_versions:
        if version.retires_on and version.retires_on <= topology.models_as_of:
            yield f"model version '{version.name} {version.version}': retired on {version.retires_on} already"
    for deployment in topology.model_deployments:
        if (deployment.model, deployment.version) not in versions:
            yield (
                f"model deployment '{deployment.name}': there is no model version "
                f"'{deployment.model} {deployment.version}'"
            )


def _telemetry_problems(topology: Topology) -> Iterator[str]:
    processes = {process.name: process for process in topology.processes}
    services = {service.name for service in topology.services}
    for caller, called in topology.application_map:
        for name in (caller, called):
            if name not in services and name not in processes:
                yield f"application map: there is no service or process '{name}'"
        if caller in processes and called in services and called not in processes[caller].uses:
            yield f"application map: '{caller}' calls '{called}', which process '{caller}' does not use"


def _recovery_problems(topology: Topology) -> Iterator[str]:
    services = {service.name for service in topology.services}
    for policy in topology.backup_policies:
        if policy.protects not in services:
            yield f"backup policy '{policy.name}': there is no service '{policy.protects}'"
        if policy.destination is not None and policy.destination not in topology.prefixes():
            yield f"backup policy '{policy.name}': no container has '{policy.destination}'"


def _delivery_problems(topology: Topology) -> Iterator[str]:
    for environment in topology.environments:
        if not 1 <= environment.region_count <= len(topology.regions):
            yield (
                f"environment '{environment.name}': is built in {environment.region_count} regions, "
                f"{len(topology.regions)} are declared"
            )
    steps = topology.canary_percentages
    if list(steps) != sorted(set(steps)) or not all(0 < step < 100 for step in steps):  # noqa: PLR2004  percentages
        yield f"canary_percentages {steps} must rise between 0 and 100"


def _hour_problems(topology: Topology) -> Iterator[str]:
    hours = {
        "cost: shutdown_from": topology.cost.shutdown_from,
        "cost: shutdown_until": topology.cost.shutdown_until,
    }
    hours.update({f"backup policy '{p.name}': starts_at": p.starts_at for p in topology.backup_policies if p.starts_at})
    for label, hour in hours.items():
        try:
            time.fromisoformat(hour)
        except ValueError:
            yield f"{label} is '{hour}', which is no time of day such as 18:00"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
