"""What holds for every resource: tags, transport, closed doors, who is told, and where a private endpoint leads."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY

REQUIRED_TAGS = ("application", "environment", "managed-by")

MINIMUM_TLS = "1.2"
STORAGE_MINIMUM_TLS = "TLS1_2"
"""The same, as storage accounts spell it."""

CLOSED = "Disabled"
"""Access from the Internet to every data service, as most types spell it."""

FENCE: Mapping[str, str] = {"defaultAction": "Deny", "bypass": "AzureServices"}
"""Network rules of services that let other Azure services in that are trusted to ask for their own identity."""


def tags(environment: str, *, is_production: bool) -> dict[str, str]:
    """Return the tags of everything; budgets and clean-up go by them."""
    return {
        "application": "textnlp",
        "criticality": "high" if is_production else "low",
        "environment": environment,
        "managed-by": "textnlp-azure",
    }


@dataclass(frozen=True, slots=True)
class PrivateLink:
    """A way into a data service from inside the network.

    Attributes:
        group: the part of the service, `blob` say.
        zones: private DNS zones that must hold its address; `{region}` stands for where the service lies.
    """

    group: str
    zones: tuple[str, ...]

    def zones_in(self, region: str) -> tuple[str, ...]:
        """Return the zones of a service that lies in a region."""
        return tuple(zone.format(region=region) for zone in self.zones)


PRIVATE_LINKS: Mapping[str, tuple[PrivateLink, ...]] = {
    "Microsoft.Batch/batchAccounts": (
        PrivateLink("batchAccount", ("privatelink.batch.azure.com",)),
        PrivateLink("nodeManagement", ("privatelink.batch.azure.com",)),
    ),
    "Microsoft.Cache/redisEnterprise": (PrivateLink("redisEnterprise", ("privatelink.redis.azure.net",)),),
    "Microsoft.CognitiveServices/accounts": (
        PrivateLink(
            "account",
            (
                "privatelink.cognitiveservices.azure.com",
                "privatelink.openai.azure.com",
                "privatelink.services.ai.azure.com",
            ),
        ),
    ),
    "Microsoft.ContainerRegistry/registries": (PrivateLink("registry", ("privatelink.azurecr.io",)),),
    "Microsoft.DBforPostgreSQL/flexibleServers": (
        PrivateLink("postgresqlServer", ("privatelink.postgres.database.azure.com",)),
    ),
    "Microsoft.Dashboard/grafana": (PrivateLink("grafana", ("privatelink.grafana.azure.com",)),),
    "Microsoft.EventGrid/topics": (PrivateLink("topic", ("privatelink.eventgrid.azure.net",)),),
    "Microsoft.Insights/privateLinkScopes": (
        PrivateLink(
            "azuremonitor",
            (
                "privatelink.monitor.azure.com",
                "privatelink.oms.opinsights.azure.com",
                "privatelink.ods.opinsights.azure.com",
                "privatelink.agentsvc.azure-automation.net",
                "privatelink.blob.core.windows.net",
            ),
        ),
    ),
    "Microsoft.KeyVault/vaults": (PrivateLink("vault", ("privatelink.vaultcore.azure.net",)),),
    "Microsoft.MachineLearningServices/workspaces": (
        PrivateLink("amlworkspace", ("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net")),
    ),
    "Microsoft.Monitor/accounts": (
        PrivateLink("prometheusMetrics", ("privatelink.{region}.prometheus.monitor.azure.com",)),
    ),
    "Microsoft.ServiceBus/namespaces": (PrivateLink("namespace", ("privatelink.servicebus.windows.net",)),),
    "Microsoft.Storage/storageAccounts": (
        PrivateLink("blob", ("privatelink.blob.core.windows.net",)),
        PrivateLink("dfs", ("privatelink.dfs.core.windows.net",)),
        PrivateLink("file", ("privatelink.file.core.windows.net",)),
        PrivateLink("queue", ("privatelink.queue.core.windows.net",)),
        PrivateLink("table", ("privatelink.table.core.windows.net",)),
    ),
    "Microsoft.Web/sites": (PrivateLink("sites", ("privatelink.azurewebsites.net",)),),
}
"""Ways in by type; a service may need only some of its groups."""

KEYED_CACHE = "semantic"
"""Part in the name of the one cache that lets in whoever has its key, as API Management knows no other way."""

UNDELIVERED_EVENTS = "undelivered-events"
"""Container of events that no queue took; it is Event Grid's, and no process reads or writes it."""

COST_EXPORTS = "cost-exports"
"""Container that Cost Management writes the costs of every day to; no process reads or writes it."""

FUNCTION_CODE = "function-code"
"""Container of what the function app runs, in the app's own account."""

GATEWAY_ZONE = "azure-api.net"
"""Zone of the gateway's own names, which are known only inside the network."""

API_SERVER_ZONE = "private.{region}.azmk8s.io"
"""Zone of the API server of a region's cluster."""


def private_zones() -> tuple[str, ...]:
    """Return the names of all private DNS zones of the estate, sorted."""
    links = {
        zone
        for region in TOPOLOGY.regions
        for ways in PRIVATE_LINKS.values()
        for way in ways
        for zone in way.zones_in(region.name)
    }
    servers = {API_SERVER_ZONE.format(region=region.name) for region in TOPOLOGY.regions}
    return tuple(sorted(links | servers | {GATEWAY_ZONE}))


@dataclass(frozen=True, slots=True)
class Told:
    """What a type tells the workspace: its logs, its metrics, or both."""

    logs: bool = True
    metrics: bool = True


DIAGNOSTICS: Mapping[str, Told] = {
    "Microsoft.ApiManagement/service": Told(),
    "Microsoft.Automation/automationAccounts": Told(),
    "Microsoft.Batch/batchAccounts": Told(),
    "Microsoft.Cache/redisEnterprise": Told(logs=False),
    "Microsoft.Cache/redisEnterprise/databases": Told(metrics=False),
    "Microsoft.Cdn/profiles": Told(),
    "Microsoft.CognitiveServices/accounts": Told(),
    "Microsoft.ContainerRegistry/registries": Told(),
    "Microsoft.ContainerService/managedClusters": Told(),
    "Microsoft.Dashboard/grafana": Told(),
    "Microsoft.DBforPostgreSQL/flexibleServers": Told(),
    "Microsoft.DataProtection/backupVaults": Told(),
    "Microsoft.EventGrid/systemTopics": Told(),
    "Microsoft.EventGrid/topics": Told(),
    "Microsoft.KeyVault/vaults": Told(),
    "Microsoft.Logic/workflows": Told(),
    "Microsoft.MachineLearningServices/workspaces": Told(),
    "Microsoft.Network/applicationGateways": Told(),
    "Microsoft.Network/azureFirewalls": Told(),
    "Microsoft.Network/bastionHosts": Told(),
    "Microsoft.Network/networkSecurityGroups": Told(metrics=False),
    "Microsoft.Network/publicIPAddresses": Told(),
    "Microsoft.Network/trafficmanagerprofiles": Told(),
    "Microsoft.Network/virtualNetworkGateways": Told(),
    "Microsoft.Network/virtualNetworks": Told(),
    "Microsoft.OperationalInsights/workspaces": Told(),
    "Microsoft.ServiceBus/namespaces": Told(),
    "Microsoft.Storage/storageAccounts": Told(logs=False),
    "Microsoft.Storage/storageAccounts/blobServices": Told(),
    "Microsoft.Storage/storageAccounts/fileServices": Told(),
    "Microsoft.Web/serverfarms": Told(logs=False),
    "Microsoft.Web/sites": Told(),
}
"""Types that have diagnostic settings; each resource of these types has one."""
