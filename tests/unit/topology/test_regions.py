from textnlp.topology.regions import REGIONS, SUBNETS, RegionRole


def test_the_recovery_region_is_the_one_that_azure_copies_to() -> None:
    regions = {region.role: region for region in REGIONS}
    primary, recovery = regions[RegionRole.PRIMARY], regions[RegionRole.RECOVERY]
    assert (primary.name, recovery.name) == ("eastus2", "centralus")
    assert primary.paired_with == recovery.name
    assert recovery.paired_with == primary.name


def test_both_regions_have_three_zones() -> None:
    assert all(region.zones == ("1", "2", "3") for region in REGIONS)


def test_gateways_and_serverless_parts_have_subnets_for_themselves() -> None:
    cidrs = {subnet.name: subnet.cidr for subnet in SUBNETS}
    assert cidrs["GatewaySubnet"] == "10.0.0.0/27"
    assert cidrs["application-gateway"] == "10.0.8.0/24"
    assert cidrs["api-management"] == "10.0.7.0/27"
    assert cidrs["gateway-private-link"] != cidrs["application-gateway"]
    delegated = {subnet.name: subnet.delegated_to for subnet in SUBNETS if subnet.delegated_to}
    assert delegated["functions"] == "Microsoft.App/environments"
    assert delegated["logic-apps"] == "Microsoft.Web/serverFarms"


def test_the_names_that_azure_looks_for_are_exact() -> None:
    exact = {subnet.name for subnet in SUBNETS if subnet.needs_exact_name}
    assert exact == {"GatewaySubnet", "AzureBastionSubnet", "AzureFirewallSubnet"}
