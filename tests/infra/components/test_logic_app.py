import json
from typing import Any

from tests.architecture.source_tree import ROOT
from tests.infra.estate_parts import addresses, body, faults, of_type, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.logic_app import build_logic_app, logic_app_config

_PARTS = parts()
_BUILT = build_logic_app(
    logic_app_config(),
    _PARTS.place,
    identity=_PARTS.foundation.identities.by_name["workflow"],
    addresses=addresses(),
    networks=_PARTS.networks,
    workspace=_PARTS.foundation.workspace,
)
_TOLD: dict[str, Any] = properties(_BUILT.site)


def test_it_has_every_setting_that_the_workflows_ask_for() -> None:
    asked = json.loads((ROOT / "logic_app" / "local.settings.example.json").read_text())["Values"]
    given = {item["name"]: item["value"] for item in _TOLD["siteConfig"]["appSettings"]}
    assert set(asked) <= set(given)
    assert given["APP_KIND"] == asked["APP_KIND"]
    assert given["TEXTNLP_API_AUDIENCE"] == asked["TEXTNLP_API_AUDIENCE"]
    assert given["TEXTNLP_API_URL"] == "https://apim-textnlp-prod-eus2.azure-api.net"
    assert given["AzureWebJobsStorage__tableServiceUri"] == "https://stnlpprodeus2logic.table.core.windows.net"
    assert "AzureWebJobsStorage" not in given


def test_workflows_are_of_the_standard_kind_inside_the_network() -> None:
    (plan,) = of_type(_BUILT.resources, "serverfarms")
    declared = next(service for service in TOPOLOGY.services if service.name == "logic-app")
    assert body(plan)["sku"] == {"tier": "WorkflowStandard", "name": declared.tier, "capacity": declared.capacity}
    assert _BUILT.site.kind == "functionapp,workflowapp"
    assert _TOLD["publicNetworkAccess"] == "Disabled"
    assert _TOLD["virtualNetworkSubnetId"].endswith("'logic-apps')]")


def test_only_callers_with_a_token_for_the_platform_start_a_workflow() -> None:
    (sign_in,) = of_type(_BUILT.resources, "sites/config")
    told = properties(sign_in)
    assert told["globalValidation"] == {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"}
    directory = told["identityProviders"]["azureActiveDirectory"]
    assert directory["validation"]["allowedAudiences"] == ["api://textnlp", "[parameters('applicationClientId')]"]


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
