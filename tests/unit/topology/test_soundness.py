from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.soundness import require_sound

_T = TypeVar("_T")


def _with_first(values: tuple[_T, ...], **changes: Any) -> tuple[_T, ...]:
    """Return `values` with fields of the first one changed."""
    first: Any = values[0]
    return (replace(first, **changes), *values[1:])


_REPEATED = {
    "queues": "entity 'text-generation-queue' is declared twice",
    "topics": "entity 'generation-events' is declared twice",
    "event_types": "event type 'TextGeneration.Completed' is declared twice",
    "event_routes": "event route 'generation-completed' is declared twice",
    "containers": "container 'prompts' is declared twice",
    "storage_accounts": "storage account 'primary' is declared twice",
    "lifecycle_rules": "lifecycle rule 'age-generations' is declared twice",
    "file_shares": "file share 'model-files' is declared twice",
    "one_off_jobs": "one-off job 'migrations' is declared twice",
    "records": "record 'batches' is declared twice",
    "call_limits": "limit 'rate-limit' is declared twice",
    "permissions": "permission 'Platform.Admin' is declared twice",
    "secrets": "secret 'model-provider-api-key' is declared twice",
    "model_versions": "model version 'gpt-5-mini 2025-08-07' is declared twice",
    "model_deployments": "model deployment 'gpt-5.4' is declared twice",
    "processes": "service or process 'api' is declared twice",
    "services": "service or process 'break-glass-routing' is declared twice",
    "machine_sizes": "machine size 'Standard_D4ds_v5' is declared twice",
    "node_pools": "node pool 'system' is declared twice",
    "training_clusters": "training cluster 'gpu-training' is declared twice",
    "subnets": "subnet 'GatewaySubnet' is declared twice",
    "metrics": "metric 'http.server.request.duration' is declared twice",
    "panels": "panel 'API Performance' is declared twice",
    "alerts": "alert 'error-rate' is declared twice",
    "backup_policies": "backup policy 'database-backup' is declared twice",
    "environments": "environment 'dev' is declared twice",
}


@pytest.mark.parametrize(("field", "told"), _REPEATED.items())
def test_a_name_declared_twice_is_told(field: str, told: str) -> None:
    values: tuple[Any, ...] = getattr(TOPOLOGY, field)
    with pytest.raises(ValueError, match=told):
        require_sound(replace(TOPOLOGY, **{field: (*values, values[0])}))


def test_a_subscription_declared_twice_is_told_with_its_topic() -> None:
    topic = TOPOLOGY.topics[0]
    twice = replace(topic, subscriptions=(*topic.subscriptions, topic.subscriptions[0]))
    with pytest.raises(ValueError, match="subscription of 'generation-events' 'validation-sub' is declared twice"):
        require_sound(replace(TOPOLOGY, topics=(twice,)))


def test_a_thing_without_a_name_is_told() -> None:
    with pytest.raises(ValueError, match="a metric has no name"):
        require_sound(replace(TOPOLOGY, metrics=_with_first(TOPOLOGY.metrics, name="")))


def test_two_permissions_with_one_id_are_told() -> None:
    same_id = TOPOLOGY.permissions[1].id
    with pytest.raises(ValueError, match=f"permission id '{same_id}' is declared twice"):
        require_sound(replace(TOPOLOGY, permissions=_with_first(TOPOLOGY.permissions, id=same_id)))


_PLANTED: list[tuple[dict[str, Any], str]] = [
    (
        {"storage_accounts": TOPOLOGY.storage_accounts[:1]},
        "prefix 'generations/archive' lies in 0 storage accounts; it must lie in one",
    ),
    (
        {"storage_accounts": _with_first(TOPOLOGY.storage_accounts, prefixes=TOPOLOGY.prefixes())},
        "prefix 'generations/archive' lies in 2 storage accounts",
    ),
    (
        {"containers": TOPOLOGY.containers[:-1]},
        "a storage account serves 'backups/database', which no container has",
    ),
    (
        {"lifecycle_rules": _with_first(TOPOLOGY.lifecycle_rules, prefixes=("generations/live",))},
        "lifecycle rule 'age-generations': no container has 'generations/live'",
    ),
    (
        {"lifecycle_rules": _with_first(TOPOLOGY.lifecycle_rules, cold_after_days=None, archive_after_days=90)},
        "lifecycle rule 'age-generations': storage account 'primary' is Standard_RAGZRS, which has no archive tier",
    ),
    (
        {
            "lifecycle_rules": _with_first(
                TOPOLOGY.lifecycle_rules, prefixes=("generations/realtime", "generations/archive")
            )
        },
        "lifecycle rule 'age-generations': its prefixes lie in 'primary', 'archive'",
    ),
    (
        {"storage_accounts": _with_first(TOPOLOGY.storage_accounts, soft_delete_days=30)},
        "storage account 'primary': soft_delete_days is 30; to restore any moment of 30 days it needs 35",
    ),
    (
        {"lifecycle_rules": _with_first(TOPOLOGY.lifecycle_rules, delete_versions_after_days=7)},
        "lifecycle rule 'age-generations': drops versions after 7 days",
    ),
    (
        {"event_routes": _with_first(TOPOLOGY.event_routes, event_types=("TextGeneration.Complete",))},
        "event route 'generation-completed': there is no event type 'TextGeneration.Complete'",
    ),
    (
        {"event_routes": _with_first(TOPOLOGY.event_routes, destination="validations")},
        "event route 'generation-completed': there is no queue, topic or process 'validations'",
    ),
    (
        {"event_routes": _with_first(TOPOLOGY.event_routes, subject_prefix="prompts/batches")},
        "event route 'generation-completed': no container has 'prompts/batches'",
    ),
    (
        {"event_routes": TOPOLOGY.event_routes[:2]},
        "event type 'Microsoft.Storage.BlobCreated': no route carries it",
    ),
    (
        {"event_types": _with_first(TOPOLOGY.event_types, name="TextGeneration.Started")},
        "event type 'TextGeneration.Started': no process publishes it",
    ),
    (
        {"permissions": _with_first(TOPOLOGY.permissions, grants=("generate.write",))},
        "permission 'Platform.Admin': grants 'generate.write', which is not declared",
    ),
    (
        {"model_versions": _with_first(TOPOLOGY.model_versions, retires_on=date(2025, 2, 13))},
        "model version 'gpt-5-mini 2025-08-07': retired on 2025-02-13 already",
    ),
    (
        {"model_deployments": _with_first(TOPOLOGY.model_deployments, version="0613")},
        "model deployment 'gpt-5.4': there is no model version 'gpt-5.4 0613'",
    ),
    (
        {"application_map": (("gateway", "apis"),)},
        "application map: there is no service or process 'apis'",
    ),
    (
        {"application_map": (("api", "vpn"),)},
        "application map: 'api' calls 'vpn', which process 'api' does not use",
    ),
    (
        {"backup_policies": _with_first(TOPOLOGY.backup_policies, protects="postgres")},
        "backup policy 'database-backup': there is no service 'postgres'",
    ),
    (
        {"backup_policies": _with_first(TOPOLOGY.backup_policies, destination="backups/blobs")},
        "backup policy 'database-backup': no container has 'backups/blobs'",
    ),
    (
        {"backup_policies": _with_first(TOPOLOGY.backup_policies, starts_at="2 o'clock")},
        "backup policy 'database-backup': starts_at is '2 o'clock', which is no time of day",
    ),
    (
        {"environments": _with_first(TOPOLOGY.environments, region_count=3)},
        "environment 'dev': is built in 3 regions, 2 are declared",
    ),
    ({"canary_percentages": (25, 10)}, r"canary_percentages \(25, 10\) must rise"),
    ({"canary_percentages": (50, 100)}, r"canary_percentages \(50, 100\) must rise between 0 and 100"),
    ({"cost": replace(TOPOLOGY.cost, shutdown_from="6 pm")}, "cost: shutdown_from is '6 pm'"),
]


@pytest.mark.parametrize(("changes", "told"), _PLANTED, ids=[told[:60] for _, told in _PLANTED])
def test_parts_that_do_not_fit_are_told_by_name(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        require_sound(replace(TOPOLOGY, **changes))


def test_every_problem_is_told_at_once() -> None:
    broken = replace(TOPOLOGY, canary_percentages=(25, 10), cost=replace(TOPOLOGY.cost, shutdown_from="6 pm"))
    with pytest.raises(ValueError, match="does not hold together") as caught:
        require_sound(broken)
    assert len(str(caught.value).splitlines()) == 3
