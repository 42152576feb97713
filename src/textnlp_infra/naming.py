"""Names of resources: one rule a type, after the abbreviations of Microsoft's Cloud Adoption Framework."""

import re
from dataclasses import dataclass

from textnlp.domain.errors import invalid_input

WORKLOAD = "textnlp"
SHORT_WORKLOAD = "nlp"
"""What stands for the workload where a name has 24 characters at most."""

_SUFFIX = re.compile(r"[a-z0-9]{0,4}")
_REGIONS = {"eastus2": "eus2", "centralus": "cus"}
_SHORT_LENGTH = 24


@dataclass(frozen=True, slots=True)
class NameRule:
    """What Azure takes as the name of a type.

    Attributes:
        prefix: abbreviation that says what it is.
        longest: characters at most.
        is_global: no two on all of Azure may have it; such a name ends with the environment's suffix.
        has_hyphens: whether hyphens part its words; where not, only lower case letters and digits are taken.
    """

    prefix: str
    longest: int = 63
    shortest: int = 1
    is_global: bool = False
    has_hyphens: bool = True

    def problem(self, name: str) -> str | None:
        """Return what is wrong with a name, None where Azure takes it."""
        if not self.shortest <= len(name) <= self.longest:
            return f"has {len(name)} characters, {self.shortest} to {self.longest} are allowed"
        if self.has_hyphens and not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", name):
            return "holds other characters than letters, digits and hyphens, or begins or ends with a hyphen"
        if not self.has_hyphens and not re.fullmatch(r"[a-z0-9]+", name):
            return "holds other characters than lower case letters and digits"
        return None


RULES = {
    "Microsoft.AlertsManagement/actionRules": NameRule("apr", longest=260),
    "Microsoft.AlertsManagement/prometheusRuleGroups": NameRule("prg", longest=260),
    "Microsoft.ApiManagement/service": NameRule("apim", longest=50, is_global=True),
    "Microsoft.Automation/automationAccounts": NameRule("aa", longest=50, shortest=6),
    "Microsoft.Batch/batchAccounts": NameRule("ba", longest=24, shortest=3, is_global=True, has_hyphens=False),
    "Microsoft.Cache/redisEnterprise": NameRule("amr", longest=60, is_global=True),
    "Microsoft.Cdn/profiles": NameRule("afd", longest=260),
    "Microsoft.CognitiveServices/accounts": NameRule("aif", longest=64, shortest=2, is_global=True),
    "Microsoft.Consumption/budgets": NameRule("budget"),
    "Microsoft.ContainerInstance/containerGroups": NameRule("ci"),
    "Microsoft.ContainerRegistry/registries": NameRule("cr", longest=50, shortest=5, is_global=True, has_hyphens=False),
    "Microsoft.ContainerService/fleets": NameRule("fleet"),
    "Microsoft.ContainerService/managedClusters": NameRule("aks"),
    "Microsoft.CostManagement/exports": NameRule("costs"),
    "Microsoft.DBforPostgreSQL/flexibleServers": NameRule("psql", shortest=3, is_global=True),
    "Microsoft.Dashboard/grafana": NameRule("amg", longest=23, shortest=2, is_global=True),
    "Microsoft.DataProtection/backupVaults": NameRule("bvault", longest=50, shortest=2),
    "Microsoft.EventGrid/systemTopics": NameRule("egst", longest=50, shortest=3),
    "Microsoft.EventGrid/topics": NameRule("evgt", longest=50, shortest=3, is_global=True),
    "Microsoft.Insights/actionGroups": NameRule("ag", longest=260),
    "Microsoft.Insights/activityLogAlerts": NameRule("ala", longest=260),
    "Microsoft.Insights/autoscaleSettings": NameRule("autoscale", longest=260),
    "Microsoft.Insights/components": NameRule("appi", longest=255),
    "Microsoft.Insights/dataCollectionEndpoints": NameRule("dce", longest=44),
    "Microsoft.Insights/dataCollectionRules": NameRule("dcr", longest=64),
    "Microsoft.Insights/metricAlerts": NameRule("ma", longest=260),
    "Microsoft.Insights/privateLinkScopes": NameRule("ampls", longest=255),
    "Microsoft.Insights/scheduledQueryRules": NameRule("sqr", longest=260),
    "Microsoft.Insights/webtests": NameRule("wt", longest=260),
    "Microsoft.KeyVault/vaults": NameRule("kv", longest=24, shortest=3, is_global=True),
    "Microsoft.Logic/workflows": NameRule("logic", longest=43),
    "Microsoft.MachineLearningServices/workspaces": NameRule("mlw", longest=33, shortest=3),
    "Microsoft.ManagedIdentity/userAssignedIdentities": NameRule("id", longest=128, shortest=3),
    "Microsoft.Monitor/accounts": NameRule("amw", longest=44),
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies": NameRule("waf", longest=80),
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies": NameRule("fdfp", longest=128, has_hyphens=False),
    "Microsoft.Network/applicationGateways": NameRule("agw", longest=80),
    "Microsoft.Network/azureFirewalls": NameRule("afw", longest=56),
    "Microsoft.Network/bastionHosts": NameRule("bas", longest=80),
    "Microsoft.Network/firewallPolicies": NameRule("afwp", longest=80),
    "Microsoft.Network/natGateways": NameRule("ng", longest=80),
    "Microsoft.Network/networkSecurityGroups": NameRule("nsg", longest=80),
    "Microsoft.Network/privateEndpoints": NameRule("pep", longest=64),
    "Microsoft.Network/publicIPAddresses": NameRule("pip", longest=80),
    "Microsoft.Network/routeTables": NameRule("rt", longest=80),
    "Microsoft.Network/trafficmanagerprofiles": NameRule("traf", is_global=True),
    "Microsoft.Network/virtualNetworkGateways": NameRule("vpng", longest=80),
    "Microsoft.Network/virtualNetworks": NameRule("vnet", longest=64, shortest=2),
    "Microsoft.OperationalInsights/workspaces": NameRule("log", shortest=4),
    "Microsoft.RecoveryServices/vaults": NameRule("rsv", longest=50, shortest=2),
    "Microsoft.Resources/resourceGroups": NameRule("rg", longest=90),
    "Microsoft.ServiceBus/namespaces": NameRule("sbns", longest=50, shortest=6, is_global=True),
    "Microsoft.Storage/storageAccounts": NameRule("st", longest=24, shortest=3, is_global=True, has_hyphens=False),
    "Microsoft.Web/serverfarms": NameRule("asp", longest=60),
    "Microsoft.Web/sites": NameRule("app", longest=60, shortest=2, is_global=True),
}


def resource_name(kind: str, *, environment: str, region: str = "", part: str = "", suffix: str = "") -> str:
    """Name a resource `<prefix>-<workload>-<environment>-<region>-<part>-<suffix>`, as far as its type has these.

    Raises `ValueError` for a type without a rule, and for a name that Azure would refuse.
    """
    rule = RULES.get(kind)
    if rule is None:
        raise ValueError(f"no rule names a '{kind}'; write one into textnlp_infra/naming.py")
    workload = SHORT_WORKLOAD if rule.longest <= _SHORT_LENGTH else WORKLOAD
    short_region = _REGIONS.get(region, region)
    words = [rule.prefix, workload, environment, short_region, part, suffix if rule.is_global else ""]
    name = ("-" if rule.has_hyphens else "").join(word for word in words if word)
    name = name if rule.has_hyphens else name.replace("-", "")
    problem = rule.problem(name)
    if problem:
        raise ValueError(f"{kind} '{name}': {problem}; choose a shorter part")
    return name


def machine_group(environment: str, region: str) -> str:
    """Name the resource group that Azure itself makes for the machines of a region's cluster."""
    return resource_name("Microsoft.Resources/resourceGroups", environment=environment, region=region, part="nodes")


def require_suffix(suffix: str) -> str:
    """Return `suffix` where names may end with it; raise `TextNLPError` otherwise."""
    if not _SUFFIX.fullmatch(suffix):
        raise invalid_input(f"suffix '{suffix}' must be at most four lower case letters and digits")
    return suffix
