from dataclasses import replace
from typing import Any

from tests.infra.estate_parts import parts
from textnlp_infra.arm.expression import written
from textnlp_infra.components.node_pools import agent_pool

_PARTS = parts("prod")


def _pools(name: str = "prod") -> dict[str, Any]:
    made = parts(name)
    pools = made.stamp.environment.sizes.node_pools
    return {pool.name: written(agent_pool(pool, made.place), None) for pool in pools}


def test_pools_scale_between_the_numbers_that_are_declared() -> None:
    gpu = _pools()["gpu"]
    assert (gpu["minCount"], gpu["count"], gpu["maxCount"], gpu["enableAutoScaling"]) == (0, 0, 10, True)
    assert gpu["nodeTaints"] == ["gpu=true:NoSchedule"]
    assert gpu["nodeLabels"] == {"workload": "gpu"}
    assert gpu["vnetSubnetID"].endswith("'vnet-textnlp-prod-eus2', 'aks-user')]")


def test_machines_that_may_be_taken_back_never_wait_for_a_surge() -> None:
    pools = _pools()
    assert pools["gpuspot"]["scaleSetPriority"] == "Spot"
    assert pools["gpuspot"]["spotMaxPrice"] == -1
    assert "upgradeSettings" not in pools["gpuspot"]
    assert pools["cpu"]["upgradeSettings"]["maxSurge"] == "33%"


def test_the_system_pool_carries_critical_services_alone() -> None:
    system = _pools()["system"]
    assert system["mode"] == "System"
    assert system["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]


def test_pools_are_spread_over_zones_as_texts_where_the_environment_is() -> None:
    assert _pools()["cpu"]["availabilityZones"] == ["1", "2", "3"]
    assert "availabilityZones" not in _pools("dev")["cpu"]


def test_a_disk_is_lost_with_its_machine_only_where_the_machine_has_one() -> None:
    sizes = {"Standard_D8ds_v5": "Ephemeral", "Standard_NC24ads_A100_v4": "Ephemeral", "Standard_D8s_v5": "Managed"}
    for size, disk in sizes.items():
        pool = replace(_PARTS.stamp.environment.sizes.node_pools[0], machine_size=size)
        assert agent_pool(pool, _PARTS.place)["osDiskType"] == disk
