from ipaddress import IPv4Address, IPv4Network

from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.cluster_host import cluster_address


def test_each_network_finds_the_cluster_of_its_own_region_by_the_public_name() -> None:
    resources = edge().components["cluster-host"]
    assert [zone.name for zone in of_type(resources, "privateDnsZones")] == ["api.textnlp.com", "api.textnlp.com"]
    addresses = [properties(entry)["aRecords"][0]["ipv4Address"] for entry in of_type(resources, "/A")]
    assert addresses == ["10.0.1.254", "10.1.1.254"]
    assert len({zone.group for zone in of_type(resources, "privateDnsZones")}) == 2


def test_the_address_is_one_that_a_machine_of_the_subnet_may_have() -> None:
    for region in TOPOLOGY.regions:
        subnet = IPv4Network(TOPOLOGY.subnet_cidr("aks-system", region=region))
        assert IPv4Address(cluster_address(region)) in list(subnet.hosts())
