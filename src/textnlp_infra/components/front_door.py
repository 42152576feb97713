"""Front Door: the one way in from the Internet, over private links to the gateways of all regions."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import EDGE
from textnlp_infra.arm import Expression, Output, Resource, Value
from textnlp_infra.components.front_door_firewall import build_front_door_firewall
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.stamp import GLOBAL, Stamp

PROFILE = "Microsoft.Cdn/profiles"
PROBE_PATH = "/status-0123456789abcdef"
"""Where API Management says that it is well, to whoever asks."""

_LONGEST_RESPONSE_SECONDS = 240
"""Front Door waits no longer for an answer to begin or to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoorConfig:
    """What Front Door serves.

    Attributes:
        host: the name that callers use.
        response_seconds: how long it waits for an answer to begin or to go on.
    """

    host: str
    tier: str
    response_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The gateway of a region, as Front Door reaches it.

    Attributes:
        region: where the private link ends.
        link: id of the gateway's private link.
    """

    region: str
    link: Expression


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrontDoor:
    """Front Door before it has a way on, as gateways refer to it."""

    profile: Resource
    endpoint: Resource
    domain: Resource
    config: FrontDoorConfig
    resources: tuple[Resource, ...]

    @property
    def id_header(self) -> Expression:
        """What `X-Azure-FDID` holds on requests that come from this Front Door and no other."""
        return self.profile.property("frontDoorId")

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What whoever keeps the public zone enters there."""
        return (
            Output(name="frontDoorHost", value=self.endpoint.property("hostName")),
            Output(name="domainProof", value=self.domain.property("validationProperties.validationToken")),
        )


def front_door_config(environment: Environment) -> FrontDoorConfig:
    """Return the Front Door of an environment; development has the same tier, as only it has private links."""
    return FrontDoorConfig(
        host=environment.host,
        tier=TOPOLOGY.service(EDGE).tier,
        response_seconds=min(TOPOLOGY.limits.request_timeout_seconds, _LONGEST_RESPONSE_SECONDS),
    )


def build_front_door(config: FrontDoorConfig, stamp: Stamp, workspace: Resource) -> FrontDoor:
    """Build the profile with its name, certificate and firewall; `build_way_in` leads it on."""
    profile = stamp.resource(
        PROFILE,
        {"originResponseTimeoutSeconds": config.response_seconds},
        location=GLOBAL,
        sku={"name": config.tier},
    )
    endpoint = Resource(
        type=f"{PROFILE}/afdEndpoints",
        name=f"textnlp-{stamp.environment.name}{stamp.environment.suffix}",
        group=stamp.group,
        parent=profile,
        location=GLOBAL,
        tags=stamp.tags,
        properties={"enabledState": "Enabled"},
    )
    domain = profile.child(
        "customDomains",
        config.host.replace(".", "-"),
        {
            "hostName": config.host,
            "tlsSettings": {"certificateType": "ManagedCertificate", "minimumTlsVersion": "TLS12"},
        },
    )
    firewall = build_front_door_firewall(stamp)
    return FrontDoor(
        profile=profile,
        endpoint=endpoint,
        domain=domain,
        config=config,
        resources=(
            profile,
            endpoint,
            domain,
            firewall,
            _guard(profile, firewall, (endpoint, domain)),
            diagnostics(profile, workspace),
        ),
    )


def build_way_in(front_door: FrontDoor, origins: tuple[Origin, ...]) -> tuple[Resource, ...]:
    """Lead every call to the first origin that is well; whoever keeps a gateway has to approve its private link."""
    group = front_door.profile.child(
        "originGroups",
        "gateways",
        {
            "loadBalancingSettings": {
                "sampleSize": 4,
                "successfulSamplesRequired": 3,
                "additionalLatencyInMilliseconds": 0,
            },
            "healthProbeSettings": {
                "probePath": PROBE_PATH,
                "probeRequestType": "GET",
                "probeProtocol": "Https",
                "probeIntervalInSeconds": 30,
            },
            "sessionAffinityState": "Disabled",
        },
    )
    built = tuple(
        group.child("origins", origin.region, _origin(front_door.config.host, origin, priority))
        for priority, origin in enumerate(origins, start=1)
    )
    route = front_door.endpoint.child(
        "routes",
        "everything",
        {
            "customDomains": [{"id": front_door.domain.id}],
            "originGroup": {"id": group.id},
            "supportedProtocols": ["Https"],
            "patternsToMatch": ["/*"],
            "forwardingProtocol": "HttpsOnly",
            "linkToDefaultDomain": "Disabled",
            "httpsRedirect": "Disabled",
            "enabledState": "Enabled",
        },
        after=built,
    )
    return group, *built, route


def _origin(host: str, origin: Origin, priority: int) -> Mapping[str, Value]:
    return {
        "hostName": host,
        "originHostHeader": host,
        "httpPort": 80,
        "httpsPort": 443,
        "priority": priority,
        "weight": 1000,
        "enabledState": "Enabled",
        "enforceCertificateNameCheck": True,
        "sharedPrivateLinkResource": {
            "privateLink": {"id": origin.link},
            "privateLinkLocation": origin.region,
            "requestMessage": f"Front Door of {host}",
        },
    }


def _guard(profile: Resource, firewall: Resource, names: tuple[Resource, ...]) -> Resource:
    domains: list[Value] = [{"id": name.id} for name in names]
    return profile.child(
        "securityPolicies",
        "firewall",
        {
            "parameters": {
                "type": "WebApplicationFirewall",
                "wafPolicy": {"id": firewall.id},
                "associations": [{"domains": domains, "patternsToMatch": ["/*"]}],
            }
        },
    )
