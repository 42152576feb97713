"""Traffic Manager, in front of Front Door for the day on which that is not there; built only where it is asked for."""

from collections.abc import Mapping

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.application_gateway import ApplicationGateway
from textnlp_infra.components.front_door import PROBE_PATH, FrontDoor
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.stamp import GLOBAL, Stamp

PROFILE = "Microsoft.Network/trafficmanagerprofiles"
_SECONDS_TO_FOLLOW = 60


def build_break_glass_routing(
    stamp: Stamp, front_door: FrontDoor, gateways: Mapping[str, ApplicationGateway], workspace: Resource
) -> tuple[Resource, ...]:
    """Send everyone to Front Door; the gateways' own addresses are there, and off.

    Whoever breaks the glass switches a gateway's endpoint on, and lets callers through its firewall and its subnet's
    rules, which until then know nobody but Front Door. Front Door is asked nothing: it has probes of its own.
    """
    endpoints: list[Value] = [
        {
            "name": "front-door",
            "type": f"{PROFILE}/externalEndpoints",
            "properties": {
                "target": front_door.endpoint.property("hostName"),
                "endpointStatus": "Enabled",
                "alwaysServe": "Enabled",
                "priority": 1,
            },
        },
        *(
            {
                "name": region,
                "type": f"{PROFILE}/azureEndpoints",
                "properties": {
                    "targetResourceId": gateway.address.id,
                    "endpointStatus": "Disabled",
                    "priority": priority,
                },
            }
            for priority, (region, gateway) in enumerate(gateways.items(), start=2)
        ),
    ]
    profile = stamp.resource(
        PROFILE,
        {
            "profileStatus": "Enabled",
            "trafficRoutingMethod": "Priority",
            "dnsConfig": {"relativeName": stamp.name(PROFILE), "ttl": _SECONDS_TO_FOLLOW},
            "monitorConfig": {"protocol": "HTTPS", "port": 443, "path": PROBE_PATH},
            "endpoints": endpoints,
        },
        location=GLOBAL,
    )
    return profile, diagnostics(profile, workspace)
