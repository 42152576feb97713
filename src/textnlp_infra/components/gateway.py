"""API Management: inside the network of every region, one service with a gateway in each."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Parameter, Resource, Value
from textnlp_infra.components.identities import system_assigned
from textnlp_infra.components.network import Network
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.policies import GATEWAY_ZONE
from textnlp_infra.stamp import Stamp

SERVICE = "Microsoft.ApiManagement/service"
_SUBNET = "api-management"
_LEAST_API_VERSION = "2021-08-01"
_STANDBY_UNITS = 1
_OLD_PROTOCOLS = ("Ssl30", "Tls10", "Tls11")
_PROPERTY = "Microsoft.WindowsAzure.ApiManagement.Gateway"
_NAMES = ("", "developer", "management", "portal", "scm")
"""What the service answers to inside the network, before or in its name."""

PUBLISHER_EMAIL = Parameter(
    name="publisherEmail", description="Address to which API Management sends what concerns its operation."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    """How much of it is ordered.

    Attributes:
        units: of the primary region; `scales_to` is where autoscale stops, None where the tier does not scale.
        standby_units: of each other region.
    """

    tier: str
    units: int
    scales_to: int | None
    standby_units: int = _STANDBY_UNITS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gateway:
    """The service, as those before and behind it refer to it."""

    service: Resource
    resources: tuple[Resource, ...]

    @property
    def host(self) -> str:
        """Its name, which only the networks of the estate resolve, each to the gateway of its own region."""
        return f"{self.service.name}.{GATEWAY_ZONE}"


def gateway_config(environment: Environment) -> GatewayConfig:
    """Return the service of an environment; `Developer` has one unit, in one region, and no agreed availability."""
    sizes = environment.sizes
    scales = sizes.gateway == TOPOLOGY.service("gateway").tier
    return GatewayConfig(
        tier=sizes.gateway,
        units=sizes.gateway_units,
        scales_to=sizes.gateway_units * 3 if scales else None,
    )


def build_gateway(
    config: GatewayConfig, stamps: Mapping[str, Stamp], networks: Mapping[str, Network], workspace: Resource
) -> Gateway:
    """Build the service in the first region, with a gateway in each other one."""
    first, *others = stamps.values()
    addresses = {region: _address(stamp) for region, stamp in stamps.items()}
    locations: list[Value] = [_location(config, stamp, networks, addresses) for stamp in others]
    service = first.resource(
        SERVICE,
        {
            "publisherEmail": PUBLISHER_EMAIL.value,
            "publisherName": TOPOLOGY.application.display_name,
            "virtualNetworkType": "Internal",
            "virtualNetworkConfiguration": {"subnetResourceId": networks[first.region.name].subnet_id(_SUBNET)},
            "publicIpAddressId": addresses[first.region.name].id,
            "additionalLocations": locations or None,
            "apiVersionConstraint": {"minApiVersion": _LEAST_API_VERSION},
            "customProperties": _transport(),
            "developerPortalStatus": "Disabled",
            "legacyPortalStatus": "Disabled",
        },
        sku={"name": config.tier, "capacity": config.units},
        identity=system_assigned(),
        zones=first.zones,
    )
    told = [diagnostics(target, workspace) for target in (service, *addresses.values())]
    scaling = (_scaling(config.units, config.scales_to, service, first),) if config.scales_to else ()
    return Gateway(service=service, resources=(*addresses.values(), service, *scaling, *told))


def build_gateway_names(
    gateway: Gateway, stamps: Mapping[str, Stamp], zones: Mapping[str, Mapping[str, Resource]]
) -> tuple[Resource, ...]:
    """Return the entries that lead each network to the gateway of its own region."""
    records: list[Resource] = []
    for number, region in enumerate(stamps):
        where = f"additionalLocations[{number - 1}].privateIPAddresses[0]" if number else "privateIPAddresses[0]"
        address: list[Value] = [{"ipv4Address": gateway.service.property(where)}]
        records += [
            zones[region][GATEWAY_ZONE].child(
                "A",
                ".".join(part for part in (str(gateway.service.name), name) if part),
                {"ttl": 300, "aRecords": address},
            )
            for name in _NAMES
        ]
    return tuple(records)


def _address(stamp: Stamp) -> Resource:
    return stamp.resource(
        "Microsoft.Network/publicIPAddresses",
        {
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "dnsSettings": {"domainNameLabel": stamp.name(SERVICE)},
        },
        part="gateway",
        sku={"name": "Standard", "tier": "Regional"},
        zones=stamp.zones,
    )


def _location(
    config: GatewayConfig, stamp: Stamp, networks: Mapping[str, Network], addresses: Mapping[str, Resource]
) -> Mapping[str, Value]:
    region = stamp.region.name
    return {
        "location": region,
        "sku": {"name": config.tier, "capacity": config.standby_units},
        "virtualNetworkConfiguration": {"subnetResourceId": networks[region].subnet_id(_SUBNET)},
        "publicIpAddressId": addresses[region].id,
        "disableGateway": False,
    }


def _transport() -> Mapping[str, Value]:
    """Return what is off on both sides of the gateway: what can be read, and what is weak."""
    sides = (f"{_PROPERTY}.Security.Protocols", f"{_PROPERTY}.Security.Backend.Protocols")
    return {
        **{f"{side}.{protocol}": "false" for side in sides for protocol in _OLD_PROTOCOLS},
        f"{_PROPERTY}.Security.Ciphers.TripleDes168": "false",
        f"{_PROPERTY}.Protocols.Server.Http2": "true",
    }


def _scaling(units: int, most: int, service: Resource, stamp: Stamp) -> Resource:
    """Units come and go by the number that the service begins with, so that each zone has as many as the others."""
    return stamp.resource(
        "Microsoft.Insights/autoscaleSettings",
        {
            "enabled": True,
            "targetResourceUri": service.id,
            "profiles": [
                {
                    "name": "by-load",
                    "capacity": {"minimum": str(units), "maximum": str(most), "default": str(units)},
                    "rules": [
                        _rule(service, "Increase", "GreaterThan", 70, minutes=15, by=units, rest="PT60M"),
                        _rule(service, "Decrease", "LessThan", 30, minutes=30, by=units, rest="PT90M"),
                    ],
                }
            ],
        },
        part="gateway",
    )


def _rule(  # noqa: PLR0913  a rule has as many parts
    service: Resource, direction: str, operator: str, percent: int, *, minutes: int, by: int, rest: str
) -> Value:
    return {
        "metricTrigger": {
            "metricName": "Capacity",
            "metricResourceUri": service.id,
            "timeGrain": "PT1M",
            "statistic": "Average",
            "timeWindow": f"PT{minutes}M",
            "timeAggregation": "Average",
            "operator": operator,
            "threshold": percent,
        },
        "scaleAction": {"direction": direction, "type": "ChangeCount", "value": str(by), "cooldown": rest},
    }
