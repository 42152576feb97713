from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.global_policy import NAMED_VALUES
from textnlp_infra.api_policies.operation import APIS, load_operations

_EDGE = edge()
_PUBLISHED = _EDGE.components["gateway-apis"]


def test_every_operation_of_the_api_is_published_once() -> None:
    published = [
        (str(item.parent and item.parent.name), item.name, properties(item)["method"], properties(item)["urlTemplate"])
        for item in of_type(_PUBLISHED, "/operations")
    ]
    assert published == [
        (item.api, item.id, item.method, item.url_template)
        for api in APIS
        for item in load_operations()
        if item.api == api.name
    ]


def test_an_operation_declares_what_stands_in_braces_in_its_path() -> None:
    for item in of_type(_PUBLISHED, "/operations"):
        told = properties(item)
        names = [parameter["name"] for parameter in told.get("templateParameters", [])]
        assert [f"{{{name}}}" for name in names] == [
            part for part in told["urlTemplate"].split("/") if part.startswith("{")
        ]


def test_policies_stand_at_the_scope_they_were_written_for() -> None:
    written = {
        f"{policy.parent.type.rpartition('/')[2]}/{policy.parent.name}": properties(policy)["value"]
        for policy in of_type(_PUBLISHED, "/policies")
        if policy.parent
    }
    rendered = render_policies()
    assert written == {
        f"service/{_EDGE.gateway.service.name}": rendered["global.xml"],
        "products/textnlp": rendered["products/textnlp.xml"],
        **{f"apis/{api.name}": rendered[f"apis/{api.name}.xml"] for api in APIS},
    }
    assert all(properties(policy)["format"] == "rawxml" for policy in of_type(_PUBLISHED, "/policies"))


def test_policies_come_after_all_that_they_name() -> None:
    for policy in of_type(_PUBLISHED, "/policies"):
        assert set(_EDGE.components["gateway-backends"]) <= set(policy.after)
        assert set(of_type(_PUBLISHED, "namedValues")) <= set(policy.after)


def test_callers_are_known_by_their_tokens_and_need_no_subscription() -> None:
    (product,) = of_type(_PUBLISHED, "service/products")
    assert properties(product)["subscriptionRequired"] is False
    assert properties(product)["state"] == "published"
    assert [item.name for item in of_type(_PUBLISHED, "products/apis")] == [api.name for api in APIS]
    for api in of_type(_PUBLISHED, "service/apis"):
        assert (properties(api)["subscriptionRequired"], properties(api)["protocols"]) == (False, ["https"])


def test_the_named_values_are_those_that_policies_read_and_no_secrets() -> None:
    values = {str(item.name): properties(item) for item in of_type(_PUBLISHED, "namedValues")}
    assert set(values) == set(NAMED_VALUES)
    assert values["tenant-id"]["value"] == "[subscription().tenantId]"
    assert values["api-client-id"]["value"] == "[parameters('applicationClientId')]"


def test_calls_are_told_of_without_bodies_and_credentials() -> None:
    (diagnostic,) = of_type(_PUBLISHED, "service/diagnostics")
    told = properties(diagnostic)
    assert told["alwaysLog"] == "allErrors"
    assert told["metrics"] is True
    for side in ("frontend", "backend"):
        assert told[side]["request"]["body"]["bytes"] == told[side]["response"]["body"]["bytes"] == 0
        hidden = {item["value"]: item["mode"] for item in told[side]["request"]["dataMasking"]["headers"]}
        assert hidden["Authorization"] == hidden["api-key"] == "Hide"


def test_the_gateway_writes_to_application_insights_as_itself() -> None:
    logger = next(item for item in of_type(_PUBLISHED, "loggers") if item.name == "application-insights")
    assert properties(logger)["credentials"]["identityClientId"] == "SystemAssigned"
    assert "instrumentationKey" not in properties(logger)["credentials"]
    (grant,) = logger.after
    assert grant in _EDGE.components["gateway-access"]
