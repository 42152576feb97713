from typing import Any

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp_infra.expansion.evaluator import Scope
from textnlp_infra.expansion.expander import Expansion, expand, samples
from textnlp_infra.expansion.values import RuntimeValue

_SCOPE = Scope(subscription_id="sub", tenant_id="ten", group="rg", location="eastus2")
_ABOVE = "/subscriptions/sub/resourceGroups/rg/providers"


def _expand(
    *resources: dict[str, Any], scope: Scope = _SCOPE, given: dict[str, Any] | None = None, **more: Any
) -> Expansion:
    return expand({"resources": list(resources), **more}, stack="s", scope=scope, parameters=given or {})


def _resource(**fields: Any) -> dict[str, Any]:
    return {"type": "A.B/c", "apiVersion": "1", "name": "x", **fields}


def _value(text: Any, **more: Any) -> Any:
    (resource,) = _expand(_resource(properties={"v": text}), **more).resources
    return resource.properties["v"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[not one]", "[not one]"),
        ("[resourceId('A.B/c/d', 'x', 'y')]", f"{_ABOVE}/A.B/c/x/d/y"),
        ("[resourceId('other', 'A.B/c', 'x')]", "/subscriptions/sub/resourceGroups/other/providers/A.B/c/x"),
        ("[resourceId('sub2', 'other', 'A.B/c', 'x')]", "/subscriptions/sub2/resourceGroups/other/providers/A.B/c/x"),
        ("[subscriptionResourceId('A.B/c', 'x')]", "/subscriptions/sub/providers/A.B/c/x"),
        ("[subscriptionResourceId('sub2', 'A.B/c', 'x')]", "/subscriptions/sub2/providers/A.B/c/x"),
        ("[tenantResourceId('A.B/c', 'x')]", "/providers/A.B/c/x"),
        ("[extensionResourceId('/a/b', 'A.B/c', 'x')]", "/a/b/providers/A.B/c/x"),
        ("[resourceGroup().location]", "eastus2"),
        ("[subscription().tenantId]", "ten"),
        ("[tenant().tenantId]", "ten"),
        ("[environment().suffixes.storage]", "core.windows.net"),
        ("[deployment().name]", "s"),
        ("[if(equals(1, 1), 'a', missing())]", "a"),
        ({"copy": [{"name": "l", "count": 2, "input": "[copyIndex('l', 1)]"}]}, {"l": [1, 2]}),
    ],
)
def test_an_expression_comes_to_its_value(text: Any, value: object) -> None:
    assert _value(text) == value


def test_parameters_and_variables_are_filled_in() -> None:
    template = {
        "parameters": {"a": {"type": "string"}, "b": {"type": "string", "defaultValue": "[concat('d', 'e')]"}},
        "variables": {"v": "[concat(parameters('a'), parameters('b'))]"},
    }
    assert _value("[variables('v')]", given={"a": "x"}, **template) == "xde"


def test_a_copied_resource_is_made_as_often_as_its_loop_turns() -> None:
    loop = {"name": "all", "count": "[length(createArray('p', 'q'))]"}
    made = _expand(_resource(name="[concat('x', copyIndex())]", copy=loop)).resources
    assert [resource.name for resource in made] == ["x0", "x1"]


def test_a_resource_whose_condition_fails_is_not_made() -> None:
    assert _expand(_resource(condition="[equals('a', 'b')]")).resources == ()


def test_a_value_that_azure_tells_later_keeps_what_was_asked() -> None:
    (resource,) = _expand(_resource(properties={"v": "[reference(resourceId('A.B/c', 'y'), '1').host]"})).resources
    assert isinstance(resource.properties["v"], RuntimeValue)
    assert resource.asked == {f"{_ABOVE}/A.B/c/y"}


def test_keys_are_told_by_azure_alone() -> None:
    assert isinstance(_value("[concat('a', listKeys(resourceId('A.B/c', 'y'), '1').k)]"), RuntimeValue)


def test_a_nested_deployment_is_expanded_in_its_own_group_and_hands_on_its_outputs() -> None:
    inner = {
        "parameters": {"p": {"type": "string"}},
        "resources": [_resource(name="[parameters('p')]")],
        "outputs": {"o": {"type": "string", "value": "[concat(parameters('p'), '!')]"}},
    }
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "1",
        "name": "d",
        "resourceGroup": "inner",
        "properties": {
            "expressionEvaluationOptions": {"scope": "Inner"},
            "parameters": {"p": {"value": "[concat('a', 'b')]"}},
            "template": inner,
        },
    }
    asked = "[reference(extensionResourceId('/subscriptions/sub/resourceGroups/inner', 'Microsoft.Resources/deployments', 'd'), '1').outputs.o.value]"  # noqa: E501  one expression
    expansion = _expand(
        deployment,
        scope=Scope(subscription_id="sub", tenant_id="ten"),
        outputs={"all": {"type": "string", "value": asked}},
    )
    assert [resource.where for resource in expansion.resources] == [
        "s: Microsoft.Resources/deployments 'd'",
        "s/d: A.B/c 'ab'",
    ]
    assert expansion.resources[1].id == "/subscriptions/sub/resourceGroups/inner/providers/A.B/c/ab"
    assert expansion.outputs == {"all": "ab!"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[listThings('x', '1')]", "there is no template function 'listThings', or none that this check knows"),
        ("[parameters('p')]", "there is no parameter 'p' with a value; there are none"),
        ("[variables('v')]", "there is no variable 'v'"),
        ("[copyIndex()]", "copyIndex() stands outside its loop"),
        ("[resourceId('A.B/c', 'x', 'y')]", "type 'A.B/c' has 1 segments, and 2 names are given"),
        ("[createObject('a', 1).b]", "there is no 'b' to ask for; there are a"),
        ("[substring(1, 2)]", "substring(1, 2):"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_with_its_resource(text: str, told: str) -> None:
    with pytest.raises(TextNLPError) as raised:
        _value(text)
    assert raised.value.message.startswith("s: A.B/c 'x': ")
    assert told in raised.value.message


def test_a_group_is_not_known_in_a_template_of_the_subscription() -> None:
    with pytest.raises(TextNLPError, match="which has no resource group"):
        _value("[resourceGroup().name]", scope=Scope(subscription_id="sub", tenant_id="ten"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "parameter 'a' has no value and no default; give it one"),
        ({"a": "z"}, "parameter 'a' is 'z'; write one of x, y"),
        ({"a": "x", "b": "y"}, "there is no parameter 'b'; there are a"),
    ],
)
def test_parameters_that_are_missing_unknown_or_not_allowed_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(TextNLPError) as raised:
        _expand(given=given, parameters={"a": {"type": "string", "allowedValues": ["x", "y"]}})
    assert raised.value.message == f"s: {told}"


def test_forms_of_templates_that_are_not_handled_are_refused() -> None:
    with pytest.raises(TextNLPError, match="symbolic names"):
        expand({"resources": {"a": _resource()}}, stack="s", scope=_SCOPE, parameters={})
    outer = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "1",
        "name": "d",
        "properties": {"template": {"resources": list[Any]()}},
    }
    with pytest.raises(TextNLPError, match="write expressionEvaluationOptions"):
        _expand(outer)


def test_samples_stand_for_parameters_without_default() -> None:
    declared = {
        "a": {"type": "string"},
        "b": {"type": "int", "defaultValue": 1},
        "c": {"type": "bool"},
        "d": {"type": "string", "allowedValues": ["x"]},
    }
    assert samples({"parameters": declared}) == {"a": "parameters(a)", "c": True, "d": "x"}
