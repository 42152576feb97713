"""Regions and the address plan that is the same in each of them."""

from dataclasses import dataclass
from enum import StrEnum


class RegionRole(StrEnum):
    """What a region does: serves, or stands ready to."""

    PRIMARY = "primary"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A region the platform is built in.

    Attributes:
        vnet_cidr: addresses of its virtual network.
        paired_with: the region that Azure itself copies storage and database backups to.
        zones: its availability zones.
    """

    name: str
    role: RegionRole
    vnet_cidr: str
    paired_with: str
    zones: tuple[str, ...] = ("1", "2", "3")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subnet:
    """A subnet, as it lies in the primary region; `Topology.subnet_cidr` moves it into another one.

    Attributes:
        holds: what is in it.
        delegated_to: the service that has the subnet for itself, or None.
        needs_exact_name: Azure finds the subnet by this very name.
    """

    name: str
    cidr: str
    holds: str
    delegated_to: str | None = None
    needs_exact_name: bool = False


REGIONS = (
    Region(name="eastus2", role=RegionRole.PRIMARY, vnet_cidr="10.0.0.0/16", paired_with="centralus"),
    Region(name="centralus", role=RegionRole.RECOVERY, vnet_cidr="10.1.0.0/16", paired_with="eastus2"),
)

SUBNETS = (
    Subnet(name="GatewaySubnet", cidr="10.0.0.0/27", holds="VPN gateway", needs_exact_name=True),
    Subnet(name="AzureBastionSubnet", cidr="10.0.0.64/26", holds="bastion", needs_exact_name=True),
    Subnet(name="AzureFirewallSubnet", cidr="10.0.0.128/26", holds="firewall", needs_exact_name=True),
    Subnet(name="aks-system", cidr="10.0.1.0/24", holds="machines of the system pool"),
    Subnet(name="aks-user", cidr="10.0.2.0/23", holds="machines of the other pools"),
    Subnet(name="private-endpoints", cidr="10.0.4.0/24", holds="private endpoints of all data services"),
    Subnet(name="functions", cidr="10.0.5.0/25", holds="functions", delegated_to="Microsoft.App/environments"),
    Subnet(name="logic-apps", cidr="10.0.5.128/26", holds="logic apps", delegated_to="Microsoft.Web/serverFarms"),
    Subnet(
        name="container-instances",
        cidr="10.0.5.192/27",
        holds="one-off jobs",
        delegated_to="Microsoft.ContainerInstance/containerGroups",
    ),
    Subnet(name="batch", cidr="10.0.5.224/27", holds="machines of the Batch pool"),
    Subnet(name="database", cidr="10.0.6.0/24", holds="nothing while the database has a private endpoint"),
    Subnet(name="api-management", cidr="10.0.7.0/27", holds="API Management"),
    Subnet(name="application-gateway", cidr="10.0.8.0/24", holds="application gateway"),
    Subnet(name="machine-learning", cidr="10.0.9.0/24", holds="machines of the training clusters"),
    Subnet(
        name="aks-api-server",
        cidr="10.0.10.0/28",
        holds="the cluster's API server",
        delegated_to="Microsoft.ContainerService/managedClusters",
    ),
    Subnet(name="gateway-private-link", cidr="10.0.10.32/27", holds="private link of the application gateway"),
    Subnet(name="build-agents", cidr="10.0.11.0/27", holds="build agents"),
)
