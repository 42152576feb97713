"""The Logic App: workflows of the Standard kind, inside the network, started only by callers with a token."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import LOGIC_APP
from textnlp_infra.arm import Parameter, Resource, Value, call, concat
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.service_addresses import ServiceAddresses, SettingValue
from textnlp_infra.components.web_app import PLAN, SITE, around_site, site_config
from textnlp_infra.components.working_storage import WorkingStorage, build_working_storage, host_grants
from textnlp_infra.policies import CLOSED

API_CLIENT_ID = Parameter(
    name="applicationClientId", description="Client id of the platform's own application in Entra ID."
)
_STORES = ("blob", "queue", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicAppConfig:
    """The plan as it is ordered.

    Attributes:
        instances: at rest; zones need three.
        most_instances: when there is much to do.
    """

    plan: str
    instances: int
    most_instances: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogicApp:
    """The app."""

    site: Resource
    resources: tuple[Resource, ...]


def logic_app_config() -> LogicAppConfig:
    """Return the plan that the topology declares."""
    declared = next(service for service in TOPOLOGY.services if service.name == LOGIC_APP)
    instances = declared.capacity or 1
    return LogicAppConfig(plan=declared.tier, instances=instances, most_instances=instances + 2)


def build_logic_app(
    config: LogicAppConfig,
    place: PrivateNetwork,
    *,
    identity: Resource,
    addresses: ServiceAddresses,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> LogicApp:
    """Build the app in the region that serves; its workflows call the platform as `identity`."""
    stamp, doors = place.stamp, tuple(networks)
    storage = build_working_storage("logic", stamp, doors=_STORES, networks=doors, workspace=workspace)
    grants = host_grants(storage, identity)
    plan = stamp.resource(
        PLAN,
        {"elasticScaleEnabled": True, "maximumElasticWorkerCount": config.most_instances},
        part="workflows",
        kind="elastic",
        sku={"tier": "WorkflowStandard", "name": config.plan, "capacity": config.instances},
    )
    settings = _settings(storage, identity, addresses)
    site = stamp.resource(
        SITE,
        {
            "serverFarmId": plan.id,
            "httpsOnly": True,
            "publicNetworkAccess": CLOSED,
            "clientAffinityEnabled": False,
            "virtualNetworkSubnetId": place.network.subnet_id("logic-apps"),
            "outboundVnetRouting": {"allTraffic": True},
            "keyVaultReferenceIdentity": identity.id,
            "siteConfig": {**site_config(settings), "functionsRuntimeScaleMonitoringEnabled": True},
        },
        part="workflows",
        kind="functionapp,workflowapp",
        identity=user_assigned(identity),
        after=grants,
    )
    return LogicApp(
        site=site,
        resources=(
            *storage.resources,
            *grants,
            plan,
            site,
            site.child("config", "authsettingsV2", _sign_in(addresses.audience)),
            *around_site(site, plan, workspace, doors),
        ),
    )


def _settings(storage: WorkingStorage, identity: Resource, addresses: ServiceAddresses) -> dict[str, SettingValue]:
    """Return the settings that the folder `logic_app/` asks for; without keys, a host wants every address."""
    name = storage.account.name
    return {
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": concat(
            "ClientId=", identity.property("clientId"), ";Authorization=AAD"
        ),
        "APPLICATIONINSIGHTS_CONNECTION_STRING": addresses.watched_by.property("ConnectionString"),
        "APP_KIND": "workflowapp",
        "AzureWebJobsStorage__accountName": str(name),
        **{f"AzureWebJobsStorage__{store}ServiceUri": f"https://{name}.{store}.core.windows.net" for store in _STORES},
        "AzureWebJobsStorage__credential": "managedIdentity",
        "AzureWebJobsStorage__managedIdentityResourceId": identity.id,
        "FUNCTIONS_EXTENSION_VERSION": "~4",
        "FUNCTIONS_INPROC_NET8_ENABLED": "1",
        "FUNCTIONS_WORKER_RUNTIME": "dotnet",
        "TEXTNLP_API_AUDIENCE": addresses.audience,
        "TEXTNLP_API_URL": f"https://{addresses.gateway_host}",
        "TEXTNLP_BLOB_URL": f"https://{addresses.blobs.name}.blob.core.windows.net",
        "TEXTNLP_IDENTITY_ID": identity.id,
    }


def _sign_in(audience: str) -> dict[str, Value]:
    """Return who may start a workflow: a workflow of the Standard kind has no access control of its own."""
    tenant = call("subscription").property("tenantId")
    return {
        "platform": {"enabled": True},
        "globalValidation": {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"},
        "identityProviders": {
            "azureActiveDirectory": {
                "enabled": True,
                "registration": {
                    "openIdIssuer": concat("https://login.microsoftonline.com/", tenant, "/v2.0"),
                    "clientId": API_CLIENT_ID.value,
                },
                "validation": {"allowedAudiences": (audience, API_CLIENT_ID.value)},
            }
        },
        "httpSettings": {"requireHttps": True},
    }
