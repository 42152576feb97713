"""Which version of each API the estate speaks: the newest stable one that is published."""

_VERSIONS = {
    "Microsoft.AlertsManagement/actionRules": "2021-08-08",
    "Microsoft.AlertsManagement/prometheusRuleGroups": "2023-03-01",
    "Microsoft.ApiManagement/service": "2024-05-01",
    "Microsoft.ApiManagement/service/backends": "2025-09-01-preview",
    "Microsoft.Authorization": "2026-07-01",
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Authorization/roleDefinitions": "2022-04-01",
    "Microsoft.Automation/automationAccounts": "2024-10-23",
    "Microsoft.Batch/batchAccounts": "2025-06-01",
    "Microsoft.Cache/redisEnterprise": "2025-07-01",
    "Microsoft.Cdn/profiles": "2025-12-01",
    "Microsoft.Chaos": "2025-01-01",
    "Microsoft.CognitiveServices/accounts": "2026-07-01",
    "Microsoft.Consumption/budgets": "2026-06-01",
    "Microsoft.ContainerInstance/containerGroups": "2026-07-01",
    "Microsoft.ContainerRegistry/registries": "2025-11-01",
    "Microsoft.ContainerService/deploymentSafeguards": "2025-07-01",
    "Microsoft.ContainerService/fleets": "2026-06-01",
    "Microsoft.ContainerService/managedClusters": "2026-05-01",
    "Microsoft.CostManagement": "2026-06-01",
    "Microsoft.Dashboard/grafana": "2025-08-01",
    "Microsoft.DataProtection/backupVaults": "2026-06-01",
    "Microsoft.DBforPostgreSQL/flexibleServers": "2025-08-01",
    "Microsoft.EventGrid": "2025-02-15",
    "Microsoft.Insights": "2024-03-11",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/activityLogAlerts": "2026-01-01",
    "Microsoft.Insights/autoscaleSettings": "2022-10-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/metricAlerts": "2026-01-01",
    "Microsoft.Insights/privateLinkScopes": "2021-09-01",
    "Microsoft.Insights/scheduledQueryRules": "2026-03-01",
    "Microsoft.Insights/webtests": "2022-06-15",
    "Microsoft.Insights/workbooks": "2023-06-01",
    "Microsoft.KeyVault/vaults": "2026-02-01",
    "Microsoft.KubernetesConfiguration/extensions": "2025-03-01",
    "Microsoft.KubernetesConfiguration/fluxConfigurations": "2025-04-01",
    "Microsoft.Logic/workflows": "2019-05-01",
    "Microsoft.MachineLearningServices/workspaces": "2026-05-01",
    "Microsoft.Maintenance/maintenanceConfigurations": "2023-04-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Monitor/accounts": "2025-10-03",
    "Microsoft.Network": "2025-09-01",
    "Microsoft.Network/dnsResolvers": "2025-05-01",
    "Microsoft.Network/dnsZones": "2018-05-01",
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies": "2025-11-01",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/trafficmanagerprofiles": "2022-04-01",
    "Microsoft.OperationalInsights/workspaces": "2026-03-01",
    "Microsoft.Portal/dashboards": "2026-04-01",
    "Microsoft.RecoveryServices/vaults": "2026-07-01",
    "Microsoft.Resources": "2025-04-01",
    "Microsoft.Resources/deploymentScripts": "2023-08-01",
    "Microsoft.Security/defenderForStorageSettings": "2025-06-01",
    "Microsoft.Security/pricings": "2024-01-01",
    "Microsoft.Security/securityContacts": "2023-12-01-preview",
    "Microsoft.SecurityInsights": "2025-09-01",
    "Microsoft.ServiceBus/namespaces": "2026-01-01",
    "Microsoft.Storage/storageAccounts": "2026-04-01",
    "Microsoft.Web": "2025-03-01",
    "Microsoft.Web/connections": "2016-06-01",
}
"""Version by type, or by provider or parent for all beneath. Of diagnostic settings, every version with groups of
categories is a preview; the only stable one, of 2016, knows none. Of back ends, no stable version lets the gateway sign
in as itself."""


def api_version(resource_type: str) -> str:
    """Return the version of a type's API; raise `ValueError` where none is written down."""
    part = resource_type
    while part:
        if part in _VERSIONS:
            return _VERSIONS[part]
        part = part.rpartition("/")[0]
    raise ValueError(f"no API version is known for '{resource_type}'; write one into textnlp_infra/api_versions.py")
