from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.addresses import address_problems
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.declaration import Topology


def _with_subnet(name: str, **changes: Any) -> Topology:
    subnets = tuple(replace(subnet, **changes) if subnet.name == name else subnet for subnet in TOPOLOGY.subnets)
    return replace(TOPOLOGY, subnets=subnets)


def _with_region(index: int, **changes: Any) -> Topology:
    regions = tuple(replace(r, **changes) if i == index else r for i, r in enumerate(TOPOLOGY.regions))
    return replace(TOPOLOGY, regions=regions)


def _with_pool(index: int, **changes: Any) -> Topology:
    pools = tuple(replace(p, **changes) if i == index else p for i, p in enumerate(TOPOLOGY.node_pools))
    return replace(TOPOLOGY, node_pools=pools)


def test_the_declared_plan_has_no_problem() -> None:
    assert list(address_problems(TOPOLOGY)) == []


_PLANTED = [
    (_with_subnet("database", cidr="10.0.3.0/24"), "subnet 'database': 10.0.3.0/24 overlaps 10.0.2.0/23"),
    (_with_subnet("database", cidr="10.1.6.0/24"), "subnet 'database': 10.1.6.0/24 is not in 10.0.0.0/16"),
    (_with_subnet("database", cidr="10.0.6.1/24"), "subnet 'database': 10.0.6.1/24 has host bits set"),
    (_with_subnet("database", cidr="somewhere"), "subnet 'database': Expected 4 octets in 'somewhere'"),
    (_with_region(1, vnet_cidr="10.0.128.0/17"), "network of region 'centralus': 10.0.128.0/17 overlaps 10.0.0.0/16"),
    (_with_region(1, vnet_cidr="10.100.0.0/16"), "10.100.0.0/16 overlaps 10.100.0.0/16"),
    (_with_region(0, paired_with="westus"), "region 'eastus2': Azure pairs it with 'westus', which is not declared"),
    (_with_region(1, role=TOPOLOGY.regions[0].role), "regions: 2 have the role 'primary', one must"),
    (
        replace(TOPOLOGY, cluster=replace(TOPOLOGY.cluster, pod_cidr="10.1.0.0/16")),
        "10.1.0.0/16 overlaps 10.1.0.0/16",
    ),
    (
        replace(TOPOLOGY, cluster=replace(TOPOLOGY.cluster, dns_service_ip="10.101.0.10")),
        "cluster: dns_service_ip 10.101.0.10 is not in service_cidr 10.100.0.0/16",
    ),
    (_with_pool(0, subnet="aks"), "node pool 'system': there is no subnet 'aks'"),
    (
        _with_subnet("aks-system", cidr="10.0.1.0/28"),
        "subnet 'aks-system': its pools may need 14 addresses, 10.0.1.0/28 has 11",
    ),
    (
        _with_pool(0, max_surge="250"),
        "subnet 'aks-system': its pools may need 260 addresses, 10.0.1.0/24 has 251",
    ),
]


@pytest.mark.parametrize(("topology", "told"), _PLANTED, ids=[told[:60] for _, told in _PLANTED])
def test_a_mistake_in_the_plan_is_told_with_its_addresses(topology: Topology, told: str) -> None:
    assert [problem for problem in address_problems(topology) if told in problem]


def test_a_subnet_inside_an_earlier_larger_one_is_found_past_its_neighbours() -> None:
    told = list(address_problems(_with_subnet("build-agents", cidr="10.0.8.128/27")))
    assert [line for line in told if "'build-agents'" in line and "'application-gateway'" in line]
    told = list(address_problems(_with_subnet("GatewaySubnet", cidr="10.0.0.0/20")))
    assert len(told) == len(TOPOLOGY.subnets) - 1
