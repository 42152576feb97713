"""The application gateway of a region: ends Front Door's private link and hands on to API Management."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.secret_names import SSL_CERTIFICATE
from textnlp.topology.services import BREAK_GLASS_ROUTING
from textnlp_infra.arm import Expression, Resource, Value, concat
from textnlp_infra.components.application_gateway_firewall import build_gateway_firewall
from textnlp_infra.components.front_door import PROBE_PATH, FrontDoor
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.network import Network
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

GATEWAY = "Microsoft.Network/applicationGateways"
_SUBNET = "application-gateway"
_LINK = "private-link"
_PRIVATE, _PUBLIC = "private", "public"
_ADDRESS_IN_SUBNET = 10
_TLS_POLICY = "AppGwSslPolicy20220101S"
"""TLS 1.2 and later, with forward secrecy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationGatewayConfig:
    """How a gateway is built.

    Attributes:
        host: the name that callers use and the certificate is made out for.
        next_host: the name of API Management inside the network.
        address: where it listens in its subnet.
        least_units, most_units: capacity units between which it scales by itself.
        response_seconds: how long it waits for API Management.
        listens_outside: it listens on its public address too, for when Front Door is not there.
    """

    host: str
    next_host: str
    address: str
    least_units: int
    most_units: int
    response_seconds: int
    listens_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CertificateSource:
    """Where the certificate is, and the identity by which the gateway reads it."""

    vault: Resource
    identity: Resource


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ApplicationGateway:
    """A region's gateway.

    Attributes:
        address: its public address, on which nothing listens unless asked for.
        link: id of its private link, which Azure makes of the gateway's configuration and names itself.
    """

    gateway: Resource
    address: Resource
    link: Expression
    resources: tuple[Resource, ...]


def application_gateway_config(stamp: Stamp, next_host: str) -> ApplicationGatewayConfig:
    """Return the gateway of a region."""
    environment = stamp.environment
    least, most = environment.sizes.application_gateway_units
    subnet = IPv4Network(TOPOLOGY.subnet_cidr(_SUBNET, region=stamp.region))
    return ApplicationGatewayConfig(
        host=environment.host,
        next_host=next_host,
        address=str(subnet.network_address + _ADDRESS_IN_SUBNET),
        least_units=least,
        most_units=most,
        response_seconds=TOPOLOGY.limits.request_timeout_seconds,
        listens_outside=BREAK_GLASS_ROUTING in environment.optional_services,
    )


def build_application_gateway(
    config: ApplicationGatewayConfig,
    stamp: Stamp,
    *,
    network: Network,
    front_door: FrontDoor,
    certificates: CertificateSource,
    workspace: Resource,
) -> ApplicationGateway:
    """Build the gateway of a region; the certificate must be in its source by then."""
    firewall = build_gateway_firewall(stamp, front_door.id_header)
    address = _public_address(config, stamp)
    reads = assign_role(Role.SECRETS_USER, certificates.vault, to=certificates.identity)
    own = _Parts(stamp.resource(GATEWAY))
    gateway = stamp.resource(
        GATEWAY,
        {
            "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
            "autoscaleConfiguration": {"minCapacity": config.least_units, "maxCapacity": config.most_units},
            "enableHttp2": True,
            "firewallPolicy": {"id": firewall.id},
            "sslPolicy": {"policyType": "Predefined", "policyName": _TLS_POLICY},
            # Answers are streamed, token by token; requests are kept back until the firewall has seen them.
            "globalConfiguration": {
                "enableRequestBuffering": True,
                "enableResponseBuffering": False,
                "disableDefaultServerHeaderInResponse": True,
            },
            "gatewayIPConfigurations": [_part("subnet", {"subnet": {"id": network.subnet_id(_SUBNET)}})],
            "sslCertificates": [_certificate(certificates)],
            "frontendIPConfigurations": _frontends(config, own, network, address),
            "frontendPorts": [_part("https", {"port": 443})],
            "privateLinkConfigurations": [_part(_LINK, _private_link(network))],
            **_way_on(config, own),
            **_listeners(config, own),
        },
        identity=user_assigned(certificates.identity),
        zones=stamp.zones,
        after=(reads,),
    )
    return ApplicationGateway(
        gateway=gateway,
        address=address,
        link=_link_id(gateway),
        resources=(firewall, address, reads, gateway, diagnostics(gateway, workspace), diagnostics(address, workspace)),
    )


class _Parts:
    """Parts of a gateway that name each other before there is a gateway."""

    def __init__(self, gateway: Resource) -> None:
        self._gateway = gateway

    def named(self, kind: str, name: str) -> Mapping[str, Value]:
        return {"id": Expression(self._gateway.inner_id(kind, name).text_in)}


def _part(name: str, properties: Mapping[str, Value]) -> Mapping[str, Value]:
    return {"name": name, "properties": properties}


def _public_address(config: ApplicationGatewayConfig, stamp: Stamp) -> Resource:
    label: Mapping[str, Value] | None = {"domainNameLabel": stamp.name(GATEWAY)} if config.listens_outside else None
    return stamp.resource(
        "Microsoft.Network/publicIPAddresses",
        {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4", "dnsSettings": label},
        part="application-gateway",
        sku={"name": "Standard", "tier": "Regional"},
        zones=stamp.zones,
    )


def _certificate(source: CertificateSource) -> Mapping[str, Value]:
    """Name no version, so that the gateway takes the next certificate by itself."""
    secret = concat(source.vault.property("vaultUri"), f"secrets/{SSL_CERTIFICATE}")
    return _part(SSL_CERTIFICATE, {"keyVaultSecretId": secret})


def _frontends(
    config: ApplicationGatewayConfig, own: _Parts, network: Network, address: Resource
) -> Sequence[Mapping[str, Value]]:
    private: Mapping[str, Value] = {
        "privateIPAddress": config.address,
        "privateIPAllocationMethod": "Static",
        "subnet": {"id": network.subnet_id(_SUBNET)},
        "privateLinkConfiguration": own.named("privateLinkConfigurations", _LINK),
    }
    return [_part(_PUBLIC, {"publicIPAddress": {"id": address.id}}), _part(_PRIVATE, private)]


def _private_link(network: Network) -> Mapping[str, Value]:
    subnet = {"id": network.subnet_id("gateway-private-link")}
    ways: list[Value] = [
        {
            "name": "primary",
            "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": subnet, "primary": True},
        }
    ]
    return {"ipConfigurations": ways}


def _way_on(config: ApplicationGatewayConfig, own: _Parts) -> Mapping[str, Value]:
    settings: Mapping[str, Value] = {
        "protocol": "Https",
        "port": 443,
        "hostName": config.next_host,
        "cookieBasedAffinity": "Disabled",
        "requestTimeout": config.response_seconds,
        "probe": own.named("probes", "gateway"),
        "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
    }
    probe: Mapping[str, Value] = {
        "protocol": "Https",
        "path": PROBE_PATH,
        "interval": 30,
        "timeout": 10,
        "unhealthyThreshold": 3,
        "pickHostNameFromBackendHttpSettings": True,
        "match": {"statusCodes": ["200-299"]},
    }
    return {
        "backendAddressPools": [_part("gateway", {"backendAddresses": [{"fqdn": config.next_host}]})],
        "backendHttpSettingsCollection": [_part("gateway", settings)],
        "probes": [_part("gateway", probe)],
    }


def _listeners(config: ApplicationGatewayConfig, own: _Parts) -> Mapping[str, Value]:
    frontends = (_PRIVATE, _PUBLIC) if config.listens_outside else (_PRIVATE,)
    listeners: list[Value] = []
    rules: list[Value] = []
    for number, frontend in enumerate(frontends, start=1):
        listener: Mapping[str, Value] = {
            "frontendIPConfiguration": own.named("frontendIPConfigurations", frontend),
            "frontendPort": own.named("frontendPorts", "https"),
            "protocol": "Https",
            "hostName": config.host,
            "requireServerNameIndication": True,
            "sslCertificate": own.named("sslCertificates", SSL_CERTIFICATE),
        }
        rule: Mapping[str, Value] = {
            "ruleType": "Basic",
            "priority": 100 * number,
            "httpListener": own.named("httpListeners", frontend),
            "backendAddressPool": own.named("backendAddressPools", "gateway"),
            "backendHttpSettings": own.named("backendHttpSettingsCollection", "gateway"),
        }
        listeners.append(_part(frontend, listener))
        rules.append(_part(frontend, rule))
    return {"httpListeners": listeners, "requestRoutingRules": rules}


def _link_id(gateway: Resource) -> Expression:
    """Azure makes the link by the name that is documented for Front Door's private links to application gateways."""
    made = Resource(
        type="Microsoft.Network/privateLinkServices",
        name=f"_e41f87a2_{gateway.name}_{_LINK}",
        group=gateway.group,
    )
    return Expression(made.id.text_in, (gateway,))
