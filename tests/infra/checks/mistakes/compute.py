"""Clusters, models and what computes."""

from tests.infra.checks.planting import OFF, Mistake, put

_CLUSTER = "Microsoft.ContainerService/managedClusters"
_ACCOUNT = "Microsoft.CognitiveServices/accounts"
_PROD = "aks-textnlp-prod-eus2"
_SPARE = "aks-textnlp-prod-cus"

COMPUTE = [
    Mistake(
        "accounts of the cluster's own",
        _CLUSTER,
        _PROD,
        put("properties.disableLocalAccounts", OFF),
        "properties.disableLocalAccounts is False",
        "disableLocalAccounts: true",
    ),
    Mistake(
        "an API server on the Internet",
        _CLUSTER,
        _PROD,
        put("properties.apiServerAccessProfile.enablePrivateCluster", OFF),
        "enablePrivateCluster is False: the Internet would reach it",
        "enablePrivateCluster: true",
    ),
    Mistake(
        "pods with addresses of the network",
        _CLUSTER,
        _SPARE,
        put("properties.networkProfile.networkPluginMode", None),
        "addresses of aks-user, which has 507",
        "networkPluginMode: overlay",
    ),
    Mistake(
        "processes that cannot sign in",
        _CLUSTER,
        _PROD,
        put("properties.securityProfile.workloadIdentity.enabled", OFF),
        "workloadIdentity.enabled is False",
        "workloadIdentity.enabled: true",
    ),
    Mistake(
        "secrets that are not renewed",
        _CLUSTER,
        _PROD,
        put("properties.addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation", "false"),
        "enableSecretRotation is 'false'",
        "enableSecretRotation: true",
    ),
    Mistake(
        "keys of a model account",
        _ACCOUNT,
        "aif-textnlp-prod-eus2",
        put("properties.disableLocalAuth", OFF),
        "properties.disableLocalAuth is False: whoever has a key is let in",
        "disableLocalAuth: true",
    ),
    Mistake(
        "keys of the Batch account",
        "Microsoft.Batch/batchAccounts",
        "",
        put("properties.allowedAuthenticationModes", ["SharedKey", "AAD"]),
        "properties.allowedAuthenticationModes is ['SharedKey', 'AAD']",
        "AAD",
    ),
    Mistake(
        "an endpoint that takes keys",
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "",
        put("properties.authMode", "Key"),
        "properties.authMode is 'Key'",
        "authMode: AADToken",
    ),
    Mistake(
        "an app that lets everybody in",
        "Microsoft.Web/sites",
        "app-textnlp-prod-eus2-functions",
        put("properties.siteConfig.ipSecurityRestrictionsDefaultAction", "Allow"),
        "ipSecurityRestrictionsDefaultAction is 'Allow'",
        "ipSecurityRestrictionsDefaultAction: Deny",
    ),
    Mistake(
        "pictures that the Internet sees",
        "Microsoft.Dashboard/grafana",
        "",
        put("properties.publicNetworkAccess", "Enabled"),
        "properties.publicNetworkAccess is 'Enabled'",
        "publicNetworkAccess: Disabled",
    ),
]
