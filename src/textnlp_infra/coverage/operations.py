"""Elements of the design that secure, watch, recover, bound and deliver the rest."""

from textnlp_infra.coverage.element import Element
from textnlp_infra.coverage.seeking import seek

_SECURITY = "8. Security implementation"
_MONITORING = "9. Monitoring and observability"
_RECOVERY = "10. Disaster recovery"
_COST = "11. Cost optimization"
_PIPELINE = "12. Deployment pipeline"
_TIMELINE = "Implementation timeline"
_ROLE = "Authorization/roleAssignments"

OPERATIONS = (
    Element(
        heading=_SECURITY,
        name="App registration with scopes",
        files=("src/textnlp_infra/deploy/registration.py", "src/textnlp/topology/scopes.py"),
        instead="Sent to Microsoft Graph, as Resource Manager keeps no applications; with roles for processes",
    ),
    Element(
        heading=_SECURITY,
        name="Secrets and certificates",
        sought=(seek("KeyVault/vaults"),),
        files=("src/textnlp/topology/secret_names.py",),
        instead="Put in by people; those that identities make needless are gone, and each says why",
    ),
    *(
        Element(heading=_SECURITY, name=f"Key {name}", sought=(seek("KeyVault/vaults/keys", f"*/{name}"),))
        for name in ("data-encryption-key", "backup-encryption-key")
    ),
    Element(
        heading=_SECURITY,
        name="Access policies of the vault",
        sought=(seek("KeyVault/vaults", at="properties.enableRbacAuthorization", is_=True), seek(_ROLE)),
        instead="Roles on single keys and secrets",
    ),
    Element(
        heading=_SECURITY,
        name="Policies and locks",
        sought=(seek("Authorization/policyAssignments"), seek("Authorization/locks")),
    ),
    Element(
        heading=_MONITORING,
        name="Log workspace: 90 days, 100 GB a day",
        sought=(
            seek("OperationalInsights/workspaces", at="properties.retentionInDays", is_=90),
            seek("OperationalInsights/workspaces", at="properties.workspaceCapping.dailyQuotaGb", is_=100),
        ),
    ),
    Element(
        heading=_MONITORING,
        name="Application Insights of the API and of generation",
        sought=(
            seek("Insights/components", "*api", "kind", "web"),
            seek("Insights/components", "*generation", "kind", "other"),
            seek("Insights/privateLinkScopes"),
        ),
    ),
    Element(
        heading=_MONITORING,
        name="Dashboard: API performance, generation metrics, error rate",
        sought=(seek("Insights/workbooks"), seek("Dashboard/grafana")),
        files=(
            "infra/rendered/queries/workbook.json",
            "infra/rendered/queries/panels/api-performance.kql",
            "infra/rendered/queries/panels/generation-metrics.kql",
            "infra/rendered/queries/panels/error-rate.kql",
        ),
        instead="A workbook with these panels and more",
    ),
    Element(
        heading=_MONITORING,
        name="Alerts",
        sought=(
            seek("Insights/scheduledQueryRules"),
            seek("Insights/metricAlerts"),
            seek("AlertsManagement/prometheusRuleGroups"),
            seek("Insights/actionGroups"),
            seek("Insights/webtests"),
        ),
    ),
    Element(
        heading=_MONITORING,
        name="Distributed tracing: application map",
        files=("src/textnlp/topology/spans.py", "docs/how-to/trace-requests.md"),
    ),
    Element(
        heading=_RECOVERY,
        name="Database backup: daily; 7 days, 4 weeks, 12 months, 5 years",
        sought=(
            seek("DataProtection/backupVaults/backupPolicies", "*/database-backup"),
            seek("DataProtection/backupVaults/backupInstances", "*/database-backup"),
        ),
        instead="In a backup vault, beside the 35 days of the server itself",
    ),
    Element(
        heading=_RECOVERY,
        name="Storage backup: any moment of 30 days",
        sought=(
            seek("DataProtection/backupVaults/backupPolicies", "*/storage-backup"),
            seek("DataProtection/backupVaults/backupInstances", "*/storage-backup"),
        ),
        instead="Continuous instead of hourly",
    ),
    Element(
        heading=_RECOVERY,
        name="Database in a second region",
        sought=(
            seek("DBforPostgreSQL/flexibleServers", at="properties.createMode", is_="Replica"),
            seek("DBforPostgreSQL/flexibleServers/virtualendpoints"),
        ),
        instead="A read replica behind one name for the writer, promoted by hand",
    ),
    Element(
        heading=_RECOVERY,
        name="Storage in a second region",
        sought=(seek("Storage/storageAccounts", "*data", "sku.name", "Standard_RAGZRS"),),
    ),
    Element(
        heading=_RECOVERY,
        name="Redis active geo-replication",
        sought=(seek("Cache/redisEnterprise/databases", at="properties.geoReplication"),),
    ),
    Element(
        heading=_RECOVERY,
        name="Clusters in two regions",
        sought=(
            seek("ContainerService/managedClusters", "*eus2"),
            seek("ContainerService/managedClusters", "*cus"),
        ),
        instead="East US 2 and Central US, which are a pair and both have zones",
    ),
    Element(
        heading=_COST,
        name="Right-sizing by Advisor",
        sought=(seek("Insights/activityLogAlerts", "*-cost-advice"),),
        files=("src/textnlp_infra/cost/advice.py", "src/textnlp/cli/commands/azure_advice.py"),
        instead="Operators are told of new advice, and `textnlp azure advice` prints it; people act on it",
    ),
    Element(
        heading=_COST,
        name="70% reserved for three years",
        files=(
            "src/textnlp_infra/cost/reservation.py",
            "src/textnlp_infra/deploy/capacity.py",
            "src/textnlp/cli/commands/azure_reservations.py",
        ),
        instead="A purchase instead of a resource: `textnlp azure reservations` makes it when somebody confirms it",
    ),
    Element(
        heading=_COST,
        name="Storage tiers: archive after 90 days, delete after 365",
        sought=(seek("Storage/storageAccounts/managementPolicies"),),
    ),
    Element(
        heading=_COST,
        name="Auto-shutdown of what is not production, 18:00 to 08:00",
        environment="dev",
        sought=(
            seek("Logic/workflows", "*-stop"),
            seek("Logic/workflows", "*-start"),
            seek("Authorization/roleDefinitions"),
            seek("AlertsManagement/actionRules"),
        ),
        instead="The cluster, then the database under it; a tag keeps them running",
    ),
    Element(heading=_COST, name="Monthly budget of 50,000 with alerts", sought=(seek("Consumption/budgets"),)),
    Element(
        heading=_PIPELINE,
        name="Build stage",
        files=("azure-pipelines.yml", "pipelines/stages/check.yml", "pipelines/stages/images.yml"),
        instead="It tests, and builds every image",
    ),
    Element(heading=_PIPELINE, name="Development stage", files=("pipelines/stages/dev.yml",)),
    Element(
        heading=_PIPELINE,
        name="Production stage: canary 10, 25, 50",
        files=(
            "pipelines/stages/prod.yml",
            "pipelines/steps/canary.yml",
            "k8s/canary/10",
            "k8s/canary/25",
            "k8s/canary/50",
            "src/textnlp_infra/queries/canary.py",
        ),
        instead="Weights of a route, and a query that promotes or rejects",
    ),
    Element(
        heading=_TIMELINE,
        name="Phases: foundation, core services, models, readiness",
        files=(
            "src/textnlp_infra/stacks/foundation.py",
            "src/textnlp_infra/stacks/platform.py",
            "src/textnlp_infra/stacks/workload.py",
        ),
        instead="Three stacks by lifetime; names, keys, logs and images come before what needs them",
    ),
)
