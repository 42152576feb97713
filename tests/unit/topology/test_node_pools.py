from dataclasses import replace

import pytest

from textnlp.topology.node_pools import CLUSTER, MACHINE_SIZES, NODE_POOLS, TRAINING_CLUSTERS


def test_gpu_machines_cost_nothing_while_nothing_runs() -> None:
    gpu_sizes = {size.name for size in MACHINE_SIZES if size.gpu_count}
    pools = [pool for pool in (*NODE_POOLS, *TRAINING_CLUSTERS) if pool.machine_size in gpu_sizes]
    assert {pool.name for pool in pools} == {"gpu", "gpuspot", "gpu-training"}
    assert all(pool.min_count == 0 for pool in pools)


def test_only_what_tolerates_them_reaches_gpu_and_system_machines() -> None:
    taints = {pool.name: pool.taints for pool in NODE_POOLS}
    assert taints["system"] == ("CriticalAddonsOnly=true:NoSchedule",)
    assert "gpu=true:NoSchedule" in taints["gpu"]
    assert "gpu=true:NoSchedule" in taints["gpuspot"]
    assert taints["cpu"] == ()


def test_no_machine_is_of_a_retired_series() -> None:
    assert not [size.name for size in MACHINE_SIZES if size.name.startswith(("Standard_NC6s_v3", "Standard_NV"))]


def test_pool_names_are_such_as_the_cluster_takes() -> None:
    for pool in NODE_POOLS:
        assert pool.name.isalnum()
        assert pool.name == pool.name.lower()
        assert len(pool.name) <= 12


def test_pods_have_addresses_of_their_own() -> None:
    assert (CLUSTER.network_plugin, CLUSTER.network_plugin_mode) == ("azure", "overlay")
    assert CLUSTER.network_policy == CLUSTER.network_dataplane == "cilium"


def test_counts_out_of_order_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="node pool 'system': counts 3, 3, 2 must rise"):
        replace(NODE_POOLS[0], max_count=2)
