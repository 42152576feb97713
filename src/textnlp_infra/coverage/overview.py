"""Elements of the design's overview."""

from textnlp_infra.coverage.element import Element
from textnlp_infra.coverage.seeking import cluster, seek

_H = "Architecture overview"

OVERVIEW = (
    Element(
        heading=_H,
        name="Front Door with WAF",
        sought=(
            seek("Cdn/profiles", at="sku.name", is_="Premium_AzureFrontDoor"),
            seek("Cdn/profiles/originGroups/origins"),
            seek("Network/FrontDoorWebApplicationFirewallPolicies"),
            seek("Cdn/profiles/securityPolicies"),
        ),
        instead="It reaches the application gateways by private link",
    ),
    Element(
        heading=_H,
        name="Traffic Manager",
        sought=(seek("Network/trafficmanagerprofiles"),),
        instead="In front of Front Door instead of behind it, and only where it is asked for",
    ),
    Element(
        heading=_H,
        name="Application Gateway with WAF",
        sought=(
            seek("Network/applicationGateways", at="properties.sku.name", is_="WAF_v2"),
            seek("Network/ApplicationGatewayWebApplicationFirewallPolicies"),
        ),
    ),
    Element(heading=_H, name="API Management", sought=(seek("ApiManagement/service"),)),
    Element(
        heading=_H,
        name="Event Grid",
        sought=(seek("EventGrid/topics"), seek("EventGrid/systemTopics")),
        instead="Publishers send to it over private endpoints; no HTTP gateway stands before it",
    ),
    Element(heading=_H, name="Kubernetes Service", sought=(seek("ContainerService/managedClusters"),)),
    Element(
        heading=_H,
        name="API pods with a horizontal autoscaler",
        files=("k8s/base/api/server/deployment.yaml", "k8s/base/api/server/scaling.yaml"),
    ),
    Element(
        heading=_H,
        name="Generation pods on a GPU pool",
        sought=(cluster("agentPoolProfiles", "gpu"),),
        files=("k8s/base/generation-worker/deployment.yaml", "k8s/base/device-plugin/device-plugin.yaml"),
    ),
    Element(
        heading=_H,
        name="Validation pods on a CPU pool",
        sought=(cluster("agentPoolProfiles", "cpu"),),
        files=("k8s/base/validation-worker/deployment.yaml", "k8s/base/validation-worker/scaling.yaml"),
    ),
    Element(heading=_H, name="Azure OpenAI", sought=(seek("CognitiveServices/accounts"),)),
    Element(heading=_H, name="Azure Machine Learning", sought=(seek("MachineLearningServices/workspaces"),)),
    Element(heading=_H, name="PostgreSQL", sought=(seek("DBforPostgreSQL/flexibleServers"),)),
    Element(
        heading=_H,
        name="Cache for Redis",
        sought=(seek("Cache/redisEnterprise"), seek("Cache/redisEnterprise/databases")),
        instead="Managed Redis, as Cache for Redis is being retired",
    ),
    Element(
        heading=_H,
        name="Storage: blobs and files",
        sought=(
            seek("Storage/storageAccounts/blobServices/containers"),
            seek("Storage/storageAccounts/fileServices/shares"),
        ),
    ),
    Element(heading=_H, name="Service Bus", sought=(seek("ServiceBus/namespaces"),)),
    Element(
        heading=_H,
        name="Logic Apps",
        sought=(seek("Web/sites", at="kind", is_="functionapp,workflowapp"),),
        files=("logic_app/generate-validate-store/workflow.json",),
    ),
    Element(
        heading=_H,
        name="Function Apps",
        sought=(seek("Web/sites", "*functions"),),
        files=("functions/function_app.py",),
    ),
    Element(
        heading=_H,
        name="Batch account",
        sought=(seek("Batch/batchAccounts"), seek("Batch/batchAccounts/pools")),
    ),
    Element(
        heading=_H,
        name="Container Instances",
        sought=(seek("ContainerInstance/containerGroups"),),
        files=("src/textnlp/domain/compute/container_group.py", "docs/how-to/run-one-off-jobs.md"),
    ),
    Element(
        heading=_H,
        name="Azure Monitor",
        sought=(seek("OperationalInsights/workspaces"), seek("Monitor/accounts"), seek("Insights/diagnosticSettings")),
    ),
    Element(heading=_H, name="Application Insights", sought=(seek("Insights/components"),)),
    Element(
        heading=_H,
        name="Security Center",
        sought=(seek("Security/pricings"),),
        instead="Defender for Cloud, as it is called since",
    ),
    Element(
        heading=_H,
        name="Sentinel",
        sought=(seek("SecurityInsights/onboardingStates"), seek("SecurityInsights/alertRules")),
    ),
    Element(heading=_H, name="Key Vault", sought=(seek("KeyVault/vaults"),)),
)
