import json
from typing import Any

from tests.architecture.source_tree import ROOT
from tests.infra.estate_parts import addresses, body, faults, of_type, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.function_app import FunctionApp, build_function_app, function_app_config


def _built(name: str = "prod") -> FunctionApp:
    made = parts(name)
    return build_function_app(
        function_app_config(),
        made.place,
        identity=made.foundation.identities.by_name["functions"],
        addresses=addresses(name),
        networks=made.networks,
        workspace=made.foundation.workspace,
    )


_BUILT = _built()
_TOLD: dict[str, Any] = properties(_BUILT.site)


def test_it_has_every_setting_that_the_functions_ask_for() -> None:
    asked = json.loads((ROOT / "functions" / "local.settings.example.json").read_text())["Values"]
    given = {item["name"]: item["value"] for item in _TOLD["siteConfig"]["appSettings"]}
    assert set(asked) - set(given) == {"FUNCTIONS_WORKER_RUNTIME"}
    assert given["PromptsStorage__accountName"] == "stnlpprodeus2data"
    assert given["AzureWebJobsStorage__accountName"] == "stnlpprodeus2func"


def test_its_runtime_is_told_where_flex_consumption_looks() -> None:
    told = _TOLD["functionAppConfig"]
    assert told["runtime"] == {"name": "python", "version": "3.12"}
    assert told["scaleAndConcurrency"]["maximumInstanceCount"] == TOPOLOGY.process("functions").max_replicas
    assert told["deployment"]["storage"]["authentication"]["type"] == "UserAssignedIdentity"
    assert told["deployment"]["storage"]["value"] == "https://stnlpprodeus2func.blob.core.windows.net/function-code"
    assert "linuxFxVersion" not in _TOLD["siteConfig"]


def test_it_lives_in_the_subnet_that_is_delegated_to_it_and_calls_out_from_there_alone() -> None:
    assert _TOLD["virtualNetworkSubnetId"].endswith("'functions')]")
    assert _TOLD["outboundVnetRouting"] == {"allTraffic": True}


def test_event_grid_alone_reaches_it_from_outside() -> None:
    (allowed,) = _TOLD["siteConfig"]["ipSecurityRestrictions"]
    assert (allowed["tag"], allowed["ipAddress"]) == ("ServiceTag", "AzureEventGrid")
    assert _TOLD["siteConfig"]["ipSecurityRestrictionsDefaultAction"] == "Deny"


def test_it_keeps_its_state_in_an_account_of_its_own() -> None:
    grants = of_type(_BUILT.resources, "roleAssignments")
    assert {str(grant.scope and grant.scope.name) for grant in grants} == {"stnlpprodeus2func"}
    assert len(grants) == 3
    assert set(grants) <= set(_BUILT.site.after)


def test_its_plan_is_spread_over_zones_where_the_environment_is() -> None:
    for name, spread in (("prod", True), ("dev", False)):
        (plan,) = of_type(_built(name).resources, "serverfarms")
        assert body(plan)["sku"] == {"tier": "FlexConsumption", "name": "FC1"}
        assert properties(plan)["zoneRedundant"] is spread


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
