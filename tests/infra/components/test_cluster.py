from typing import Any

from tests.infra.estate_parts import body, faults, of_type, parts, properties
from textnlp_infra.components.cluster import BuiltCluster, build_cluster, cluster_config
from textnlp_infra.components.cluster_access import build_cluster_grants


def _built(name: str = "prod") -> BuiltCluster:
    made = parts(name)
    identities = made.foundation.identities
    return build_cluster(
        cluster_config(made.stamp.environment),
        made.place,
        identities=identities,
        grants=build_cluster_grants(made.networks, identities),
        workspace=made.foundation.workspace,
    )


_BUILT = _built()
_TOLD: dict[str, Any] = properties(_BUILT.cluster)


def test_nobody_reaches_the_api_server_from_outside_or_without_entra() -> None:
    server = _TOLD["apiServerAccessProfile"]
    assert server["enablePrivateCluster"] is server["enableVnetIntegration"] is server["disableRunCommand"] is True
    assert server["enablePrivateClusterPublicFQDN"] is False
    assert server["subnetId"].endswith("'aks-api-server')]")
    assert _TOLD["disableLocalAccounts"] is True
    assert _TOLD["aadProfile"] == {
        "managed": True,
        "enableAzureRBAC": True,
        "adminGroupObjectIDs": ["[parameters('adminGroupObjectId')]"],
    }


def test_pods_have_addresses_of_their_own_and_cilium_says_who_may_talk() -> None:
    network = _TOLD["networkProfile"]
    assert (network["networkPlugin"], network["networkPluginMode"]) == ("azure", "overlay")
    assert (network["networkDataplane"], network["networkPolicy"]) == ("cilium", "cilium")
    assert network["podCidr"] == "192.168.0.0/16"
    assert network["outboundType"] == "userAssignedNATGateway"


def test_processes_sign_in_by_their_service_accounts() -> None:
    assert _TOLD["oidcIssuerProfile"] == {"enabled": True}
    assert _TOLD["securityProfile"]["workloadIdentity"] == {"enabled": True}


def test_add_ons_are_on_and_their_values_are_texts() -> None:
    addons = _TOLD["addonProfiles"]
    assert set(addons) == {"azureKeyvaultSecretsProvider", "azurepolicy", "omsagent"}
    assert addons["azureKeyvaultSecretsProvider"]["config"]["enableSecretRotation"] == "true"
    assert addons["omsagent"]["config"]["useAADAuth"] == "true"
    assert _TOLD["workloadAutoScalerProfile"]["keda"] == {"enabled": True}
    assert _TOLD["azureMonitorProfile"]["metrics"]["enabled"] is True


def test_gateways_are_those_of_the_gateway_api() -> None:
    ingress = _TOLD["ingressProfile"]
    assert ingress["gatewayAPI"] == {"installation": "Standard"}
    assert ingress["webAppRouting"]["gatewayAPIImplementations"] == {"appRoutingIstio": {"mode": "Enabled"}}
    assert ingress["webAppRouting"]["nginx"] == {"defaultIngressControllerType": "None"}


def test_releases_and_images_are_taken_at_hours_that_do_not_meet() -> None:
    assert _TOLD["autoUpgradeProfile"] == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    windows = {
        str(window.name): properties(window)["maintenanceWindow"]["schedule"]["weekly"]["dayOfWeek"]
        for window in of_type(_BUILT.resources, "maintenanceConfigurations")
    }
    assert windows == {"aksManagedAutoUpgradeSchedule": "Sunday", "aksManagedNodeOSUpgradeSchedule": "Saturday"}


def test_pods_that_break_the_rules_are_refused_in_production_and_reported_elsewhere() -> None:
    for name, level in (("prod", "Enforce"), ("dev", "Warn")):
        (safeguards,) = of_type(_built(name).resources, "deploymentSafeguards")
        assert properties(safeguards)["level"] == level
        assert properties(safeguards)["podSecurityStandardsLevel"] == "Restricted"


def test_the_control_plane_has_an_agreed_availability_in_production_alone() -> None:
    assert body(_BUILT.cluster)["sku"] == {"name": "Base", "tier": "Standard"}
    assert body(_built("dev").cluster)["sku"] == {"name": "Base", "tier": "Free"}


def test_the_cluster_waits_for_the_roles_of_its_identities() -> None:
    assert len(_BUILT.cluster.after) == 5


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
