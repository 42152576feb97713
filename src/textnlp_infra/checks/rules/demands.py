"""Values that every resource of a type must have: closed doors, no shared keys, encryption, protection."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found
from textnlp_infra.policies import CLOSED, KEYED_CACHE, MINIMUM_TLS, STORAGE_MINIMUM_TLS


@dataclass(frozen=True, slots=True)
class Demand:
    """What must stand at a place of every resource of a type.

    Attributes:
        values: what may stand there.
        because: why nothing else may.
        is_for_production: whether other environments may do without.
        spares: a word in the names of those that may have another value, for a reason said where the word is.
    """

    type: str
    path: str
    values: tuple[Any, ...]
    because: str
    is_for_production: bool = False
    spares: str | None = None


_PUBLIC = "the Internet would reach it"
_KEYS = "whoever has a key is let in; identities alone are"
_TLS = "older TLS can be read"
_ATTACKS = "attacks would get through"
_CLUSTER = "Microsoft.ContainerService/managedClusters"
_ONLINE_ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
_NO_SIGN_IN = "processes could not sign in as their identities"
_LOST = "what is deleted could not be brought back"

DEMANDS = (
    Demand("Microsoft.Cache/redisEnterprise", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.Cache/redisEnterprise", "properties.minimumTlsVersion", (MINIMUM_TLS,), _TLS),
    Demand("Microsoft.Cache/redisEnterprise/databases", "properties.clientProtocol", ("Encrypted",), _TLS),
    Demand(
        "Microsoft.Cache/redisEnterprise/databases",
        "properties.accessKeysAuthentication",
        (CLOSED,),
        _KEYS,
        spares=KEYED_CACHE,
    ),
    Demand("Microsoft.ApiManagement/service", "properties.virtualNetworkType", ("Internal",), _PUBLIC),
    Demand("Microsoft.Cdn/profiles", "sku.name", ("Premium_AzureFrontDoor",), "only this tier has private links"),
    Demand("Microsoft.Cdn/profiles/afdEndpoints/routes", "properties.forwardingProtocol", ("HttpsOnly",), _TLS),
    Demand("Microsoft.Cdn/profiles/afdEndpoints/routes", "properties.supportedProtocols", (["Https"],), _TLS),
    Demand(
        "Microsoft.Cdn/profiles/customDomains", "properties.tlsSettings.minimumTlsVersion", ("TLS12", "TLS13"), _TLS
    ),
    Demand(
        "Microsoft.Cdn/profiles/originGroups/origins",
        "properties.enforceCertificateNameCheck",
        (True,),
        "anybody could be the origin",
    ),
    Demand("Microsoft.CognitiveServices/accounts", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.CognitiveServices/accounts", "properties.disableLocalAuth", (True,), _KEYS),
    Demand("Microsoft.ContainerRegistry/registries", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.ContainerRegistry/registries", "properties.adminUserEnabled", (False,), _KEYS),
    Demand("Microsoft.ContainerRegistry/registries", "properties.anonymousPullEnabled", (False, None), _PUBLIC),
    Demand(_CLUSTER, "properties.disableLocalAccounts", (True,), _KEYS),
    Demand(
        _CLUSTER,
        "properties.apiServerAccessProfile.enablePrivateCluster",
        (True,),
        _PUBLIC,
    ),
    Demand(_CLUSTER, "properties.aadProfile.enableAzureRBAC", (True,), "roles would have to be kept in the cluster"),
    Demand(_CLUSTER, "properties.securityProfile.workloadIdentity.enabled", (True,), _NO_SIGN_IN),
    Demand(_CLUSTER, "properties.oidcIssuerProfile.enabled", (True,), _NO_SIGN_IN),
    Demand(
        _CLUSTER,
        "properties.addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
        ("true",),
        "pods would keep secrets that were replaced",
    ),
    Demand(
        _CLUSTER, "properties.addonProfiles.azurepolicy.enabled", (True,), "nothing would hold pods to the policies"
    ),
    Demand("Microsoft.Dashboard/grafana", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.Dashboard/grafana", "properties.apiKey", (CLOSED,), _KEYS),
    Demand("Microsoft.DBforPostgreSQL/flexibleServers", "properties.network.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.DBforPostgreSQL/flexibleServers", "properties.authConfig.passwordAuth", (CLOSED,), _KEYS),
    Demand(
        "Microsoft.DBforPostgreSQL/flexibleServers", "properties.authConfig.activeDirectoryAuth", ("Enabled",), _KEYS
    ),
    Demand("Microsoft.EventGrid/topics", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.EventGrid/topics", "properties.disableLocalAuth", (True,), _KEYS),
    Demand("Microsoft.EventGrid/topics", "properties.minimumTlsVersionAllowed", (MINIMUM_TLS,), _TLS),
    Demand("Microsoft.Insights/components", "properties.DisableLocalAuth", (True,), _KEYS),
    Demand("Microsoft.Insights/components", "properties.publicNetworkAccessForIngestion", (CLOSED,), _PUBLIC),
    Demand("Microsoft.KeyVault/vaults", "properties.publicNetworkAccess", (CLOSED, "disabled"), _PUBLIC),
    Demand("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", (True,), "access policies are obsolete"),
    Demand("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", (True,), _LOST),
    Demand("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", (True,), _LOST),
    Demand("Microsoft.KeyVault/vaults", "properties.networkAcls.defaultAction", ("Deny",), _PUBLIC),
    Demand("Microsoft.MachineLearningServices/workspaces", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand(
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
        "properties.policySettings.mode",
        ("Prevention",),
        _ATTACKS,
    ),
    Demand(
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
        "properties.policySettings.mode",
        ("Prevention",),
        _ATTACKS,
    ),
    Demand("Microsoft.Network/applicationGateways", "properties.sku.tier", ("WAF_v2",), _ATTACKS),
    Demand(
        "Microsoft.Network/applicationGateways", "properties.sslPolicy.policyName", ("AppGwSslPolicy20220101S",), _TLS
    ),
    Demand(_ONLINE_ENDPOINT, "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand(_ONLINE_ENDPOINT, "properties.authMode", ("AADToken",), _KEYS),
    Demand("Microsoft.Monitor/accounts", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", (True,), _KEYS),
    Demand(
        "Microsoft.OperationalInsights/workspaces", "properties.publicNetworkAccessForIngestion", (CLOSED,), _PUBLIC
    ),
    Demand("Microsoft.OperationalInsights/workspaces", "properties.publicNetworkAccessForQuery", (CLOSED,), _PUBLIC),
    Demand("Microsoft.ServiceBus/namespaces", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", (True,), _KEYS),
    Demand("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", (MINIMUM_TLS,), _TLS),
    Demand("Microsoft.ServiceBus/namespaces", "sku.name", ("Premium",), "only Premium has private endpoints"),
    Demand("Microsoft.Storage/storageAccounts", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", (False,), _PUBLIC),
    Demand("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", (False,), _KEYS),
    Demand("Microsoft.Storage/storageAccounts", "properties.allowCrossTenantReplication", (False,), _PUBLIC),
    Demand("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", (STORAGE_MINIMUM_TLS,), _TLS),
    Demand("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", (True,), _TLS),
    Demand("Microsoft.Storage/storageAccounts", "properties.networkAcls.defaultAction", ("Deny",), _PUBLIC),
    Demand("Microsoft.Web/sites", "properties.httpsOnly", (True,), _TLS),
    Demand("Microsoft.Web/sites", "properties.siteConfig.ipSecurityRestrictionsDefaultAction", ("Deny",), _PUBLIC),
    Demand("Microsoft.Web/sites", "properties.siteConfig.scmIpSecurityRestrictionsDefaultAction", ("Deny",), _PUBLIC),
    Demand("Microsoft.Batch/batchAccounts", "properties.publicNetworkAccess", (CLOSED,), _PUBLIC),
    Demand("Microsoft.Batch/batchAccounts", "properties.allowedAuthenticationModes", (["AAD"],), _KEYS),
)


def demanded_values(graph: Graph) -> Iterator[Finding]:
    """Yield values that are not as demanded."""
    for demand in DEMANDS:
        if demand.is_for_production and not graph.environment.is_production:
            continue
        for resource in graph.of_type(demand.type):
            if demand.spares and demand.spares in re.split("[-/]", resource.name):
                continue
            value = resource.get(demand.path)
            if value not in demand.values:
                wanted = str(demand.values[0]).lower() if isinstance(demand.values[0], bool) else demand.values[0]
                yield found(resource, f"{demand.path} is {value!r}: {demand.because}", f"write {demand.path}: {wanted}")
