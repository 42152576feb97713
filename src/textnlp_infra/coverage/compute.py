"""Elements of the design that are networks, clusters, gateways and models."""

from textnlp_infra.coverage.element import Element
from textnlp_infra.coverage.seeking import cluster, seek, subnet

_NETWORK = "1. Network architecture"
_CLUSTER = "2. Container orchestration"
_GATEWAY = "3. API Management"
_MODELS = "4. AI and ML infrastructure"

COMPUTE = (
    Element(
        heading=_NETWORK,
        name="Virtual network 10.0.0.0/16",
        sought=(seek("Network/virtualNetworks", at="properties.addressSpace.addressPrefixes", is_="10.0.0.0/16"),),
    ),
    Element(
        heading=_NETWORK,
        name="Gateway subnet",
        sought=(subnet("GatewaySubnet"), subnet("application-gateway")),
        instead="One for the VPN gateway and one for the application gateway, which shares with nobody",
    ),
    Element(
        heading=_NETWORK,
        name="VPN gateway",
        sought=(seek("Network/virtualNetworkGateways"),),
        instead="Only where it is asked for",
    ),
    Element(heading=_NETWORK, name="AKS system subnet", sought=(subnet("aks-system"),)),
    Element(heading=_NETWORK, name="AKS user subnet", sought=(subnet("aks-user"),)),
    Element(
        heading=_NETWORK,
        name="Private endpoint subnet and endpoints",
        sought=(subnet("private-endpoints"), seek("Network/privateEndpoints"), seek("Network/privateDnsZones")),
    ),
    Element(
        heading=_NETWORK,
        name="Integration subnet",
        sought=(subnet("functions"), subnet("logic-apps")),
        instead="One a service, as each has a delegation of its own",
    ),
    Element(
        heading=_NETWORK,
        name="Database subnet",
        sought=(subnet("database"), seek("Network/privateEndpoints", "pep-psql-*")),
        instead="The server is reached by a private endpoint; the subnet is kept free",
    ),
    Element(
        heading=_NETWORK,
        name="Network security groups: in from the application gateway and load balancer, out by 443",
        sought=(seek("Network/networkSecurityGroups", "*aks-system"), seek("Network/natGateways")),
        instead="A group a subnet, and an egress of their own",
    ),
    Element(
        heading=_CLUSTER,
        name="Kubernetes 1.28",
        sought=(cluster("kubernetesVersion"),),
        instead="The newest version with long-term support; its end is checked",
    ),
    Element(
        heading=_CLUSTER,
        name="Pools system, cpu and gpu",
        sought=tuple(cluster("agentPoolProfiles", name) for name in ("system", "cpu", "gpu")),
        instead="GPU machines of a size that can still be had, from zero",
    ),
    Element(
        heading=_CLUSTER,
        name="Azure network plugin with a network policy",
        sought=(cluster("networkProfile.networkPlugin", "azure"), cluster("networkProfile.networkPolicy", "cilium")),
        instead="Overlay with Cilium instead of Calico",
    ),
    Element(
        heading=_CLUSTER,
        name="Key Vault provider for secrets",
        sought=(cluster("addonProfiles.azureKeyvaultSecretsProvider.enabled", is_=True),),
        instead="It renews what it mounted, too",
    ),
    Element(heading=_CLUSTER, name="Azure Policy", sought=(cluster("addonProfiles.azurepolicy.enabled", is_=True),)),
    Element(
        heading=_CLUSTER,
        name="Container logs",
        sought=(cluster("addonProfiles.omsagent.enabled", is_=True), seek("Insights/dataCollectionRules")),
    ),
    Element(
        heading=_CLUSTER,
        name="API deployment with service account, probes and workload identity",
        sought=(seek("ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"),),
        files=("k8s/base/api/server/deployment.yaml", "k8s/base/api/service-account.yaml"),
    ),
    Element(
        heading=_CLUSTER,
        name="Generation deployment on GPU machines",
        files=("k8s/base/generation-worker/deployment.yaml", "k8s/base/generation-worker/scaling.yaml"),
        instead="Scaled by its queues, from zero",
    ),
    Element(
        heading=_CLUSTER,
        name="Container registry",
        sought=(seek("ContainerRegistry/registries"), seek("ContainerRegistry/registries/replications")),
        files=("docker/Dockerfile", "docker/generation/Dockerfile"),
    ),
    Element(
        heading=_GATEWAY,
        name="Premium, inside the network",
        sought=(
            seek("ApiManagement/service", at="sku.name", is_="Premium"),
            seek("ApiManagement/service", at="properties.virtualNetworkType", is_="Internal"),
            subnet("api-management"),
        ),
        instead="Three units, one a zone",
    ),
    Element(
        heading=_GATEWAY,
        name="No TLS 1.0, TLS 1.1 or SSL 3.0",
        sought=(seek("ApiManagement/service", at="properties.customProperties"),),
        instead="No Triple DES either, and the same towards back ends",
    ),
    Element(
        heading=_GATEWAY,
        name="Rate limit and quota",
        sought=(seek("ApiManagement/service/products/policies"),),
        files=("infra/rendered/policies/products/textnlp.xml",),
    ),
    Element(
        heading=_GATEWAY,
        name="Token validation, CORS and headers",
        sought=(seek("ApiManagement/service/apis/policies"), seek("ApiManagement/service/policies")),
        files=("infra/rendered/policies/global.xml", "infra/rendered/policies/apis/textnlp.xml"),
    ),
    Element(
        heading=_MODELS,
        name="Model deployments",
        sought=(seek("CognitiveServices/accounts/deployments"),),
        instead="Models of the catalogue that are not retired, in both regions behind one pool",
    ),
    Element(heading=_MODELS, name="Content policy", sought=(seek("CognitiveServices/accounts/raiPolicies"),)),
    Element(
        heading=_MODELS,
        name="No access to models from outside",
        sought=(
            seek("CognitiveServices/accounts", at="properties.publicNetworkAccess", is_="Disabled"),
            seek("Network/privateEndpoints", "pep-aif-*"),
        ),
        instead="Private endpoints instead of rules for a subnet",
    ),
    Element(
        heading=_MODELS,
        name="GPU cluster for training, CPU cluster for batches",
        sought=(
            seek("MachineLearningServices/workspaces/computes", "*/gpu-training"),
            seek("MachineLearningServices/workspaces/computes", "*/cpu-batch"),
        ),
        files=("ml/cluster-gpu.yml", "ml/cluster-cpu.yml", "ml/fine-tuning-job.yml"),
        instead="By version 2 of the service; both start from zero",
    ),
    Element(
        heading=_MODELS,
        name="Model endpoint",
        sought=(seek("MachineLearningServices/workspaces/onlineEndpoints"),),
        files=("ml/endpoint.yml", "ml/deployment-blue.yml", "ml/code/score.py"),
        instead="A managed online endpoint; deployments are made when a model is there",
    ),
)
