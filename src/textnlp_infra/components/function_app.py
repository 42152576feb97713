"""The functions: an app of Flex Consumption inside the network, and the events of blobs that start batches."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import FUNCTION_APP, MODEL_SERVICE
from textnlp.topology.workloads import FUNCTIONS
from textnlp_infra.arm import Resource, Value, concat
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.service_addresses import ServiceAddresses, SettingValue
from textnlp_infra.components.web_app import PLAN, SITE, around_site, connection_settings, site_config
from textnlp_infra.components.working_storage import WorkingStorage, build_working_storage, host_grants
from textnlp_infra.policies import FUNCTION_CODE

_LEAST_INSTANCES = 40
"""A Flex Consumption app may not be held to fewer."""
_EVENT_GRID = {
    "name": "event-grid",
    "action": "Allow",
    "ipAddress": "AzureEventGrid",
    "tag": "ServiceTag",
    "priority": 100,
}
"""Event Grid delivers from outside the network, with a key that only it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionAppConfig:
    """The app as it is ordered.

    Attributes:
        most_instances: how far it scales.
    """

    plan: str
    python_version: str
    instance_memory_mib: int
    most_instances: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunctionApp:
    """The app."""

    site: Resource
    resources: tuple[Resource, ...]


def function_app_config() -> FunctionAppConfig:
    """Return the app that the topology declares."""
    return FunctionAppConfig(
        plan=next(service.tier for service in TOPOLOGY.services if service.name == FUNCTION_APP),
        python_version="3.12",
        instance_memory_mib=2_048,
        most_instances=max(_LEAST_INSTANCES, TOPOLOGY.process(FUNCTIONS).max_replicas),
    )


def build_function_app(
    config: FunctionAppConfig,
    place: PrivateNetwork,
    *,
    identity: Resource,
    addresses: ServiceAddresses,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> FunctionApp:
    """Build the app in the region that serves; it signs in to everything as `identity`."""
    stamp, doors = place.stamp, tuple(networks)
    storage = build_working_storage(
        "func", stamp, doors=("blob", "queue", "table"), networks=doors, workspace=workspace, container=FUNCTION_CODE
    )
    grants = host_grants(storage, identity)
    plan = stamp.resource(
        PLAN,
        {"reserved": True, "zoneRedundant": stamp.zones is not None},
        part="functions",
        kind="functionapp",
        sku={"tier": "FlexConsumption", "name": config.plan},
    )
    site = stamp.resource(
        SITE,
        {
            "serverFarmId": plan.id,
            "httpsOnly": True,
            "publicNetworkAccess": "Enabled",
            "clientAffinityEnabled": False,
            "virtualNetworkSubnetId": place.network.subnet_id("functions"),
            "outboundVnetRouting": {"allTraffic": True},
            "keyVaultReferenceIdentity": identity.id,
            "functionAppConfig": _runtime(config, storage, identity),
            "siteConfig": site_config(_settings(storage, identity, addresses), (_EVENT_GRID,)),
        },
        part="functions",
        kind="functionapp,linux",
        identity=user_assigned(identity),
        after=grants,
    )
    return FunctionApp(
        site=site,
        resources=(
            *storage.resources,
            *grants,
            plan,
            site,
            *around_site(site, plan, workspace, doors),
        ),
    )


def _runtime(config: FunctionAppConfig, storage: WorkingStorage, identity: Resource) -> dict[str, Value]:
    return {
        "deployment": {
            "storage": {
                "type": "blobContainer",
                "value": f"https://{storage.account.name}.blob.core.windows.net/{FUNCTION_CODE}",
                "authentication": {
                    "type": "UserAssignedIdentity",
                    "userAssignedIdentityResourceId": identity.id,
                },
            }
        },
        "runtime": {"name": "python", "version": config.python_version},
        "scaleAndConcurrency": {
            "instanceMemoryMB": config.instance_memory_mib,
            "maximumInstanceCount": config.most_instances,
        },
    }


def _settings(storage: WorkingStorage, identity: Resource, addresses: ServiceAddresses) -> dict[str, SettingValue]:
    """Return the settings that the folder `functions/` asks for; the runtime's own are in `functionAppConfig`.

    Functions call no model, but the platform that they wire wants to know the default one.
    """
    return {
        **addresses.settings(identity, (*TOPOLOGY.process(FUNCTIONS).uses, MODEL_SERVICE)),
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": concat(
            "ClientId=", identity.property("clientId"), ";Authorization=AAD"
        ),
        **connection_settings("AzureWebJobsStorage", identity, accountName=str(storage.account.name)),
        **connection_settings("PromptsStorage", identity, accountName=str(addresses.blobs.name)),
        **connection_settings("ServiceBusConnection", identity, fullyQualifiedNamespace=addresses.message_host),
    }
