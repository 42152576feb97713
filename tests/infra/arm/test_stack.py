from typing import Any, cast

import pytest

from textnlp_infra.arm import Estate, Output, Parameter, Resource, ResourceGroup, Stack, Unit, units_of

_ONE = ResourceGroup(name="rg-one", location="eastus2", stack="s", tags={"b": "2", "a": "1"})
_TWO = ResourceGroup(name="rg-two", location="centralus", stack="s")
_ADMINS = Parameter(name="admins", description="who administers")
_IDENTITY = Resource(type="Microsoft.ManagedIdentity/userAssignedIdentities", name="id", group=_ONE)
_BUS = Resource(
    type="Microsoft.ServiceBus/namespaces",
    name="bus",
    group=_TWO,
    properties={"owner": _ADMINS.value, "by": _IDENTITY.property("principalId")},
)
_QUEUE = _BUS.child("queues", "q")
_FIRST = Unit(name="first", group=_ONE, resources=(_IDENTITY,))
_SECOND = Unit(
    name="second",
    group=_TWO,
    resources=(_QUEUE, _BUS),
    outputs=(Output(name="endpoint", value=_BUS.property("serviceBusEndpoint")),),
)
_FIRST_ID = (
    "[extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, 'rg-one'), "
    "'Microsoft.Resources/deployments', 'first')]"
)


def _template(*units: Unit) -> dict[str, Any]:
    return cast("dict[str, Any]", Stack(name="s", location="eastus2", units=units).template())


def test_a_resource_depends_on_those_of_its_unit_that_it_names() -> None:
    queue, bus = cast("dict[str, Any]", _SECOND.template())["resources"]
    assert queue["dependsOn"] == ["[resourceId('Microsoft.ServiceBus/namespaces', 'bus')]"]
    assert "dependsOn" not in bus


def test_a_deployment_depends_on_its_group_and_on_those_whose_resources_it_names() -> None:
    *groups, first, second = _template(_FIRST, _SECOND)["resources"]
    assert [group["name"] for group in groups] == ["rg-one", "rg-two"]
    assert first["dependsOn"] == ["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-one')]"]
    assert second["dependsOn"] == [
        "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-two')]",
        _FIRST_ID,
    ]


def test_parameters_are_declared_where_they_are_used_and_passed_on() -> None:
    template = _template(_FIRST, _SECOND)
    first, second = template["resources"][2:]
    assert list(template["parameters"]) == ["admins"]
    assert first["properties"]["parameters"] == {}
    assert second["properties"]["parameters"] == {"admins": {"value": "[parameters('admins')]"}}
    assert list(second["properties"]["template"]["parameters"]) == ["admins"]


def test_the_outputs_of_units_are_those_of_the_stack() -> None:
    value = _template(_FIRST, _SECOND)["outputs"]["endpoint"]["value"]
    assert value.startswith("[reference(extensionResourceId(")
    assert value.endswith("'second'), '2025-04-01').outputs.endpoint.value]")


def test_a_unit_of_the_subscription_has_a_location_in_place_of_a_group() -> None:
    pricing = Resource(type="Microsoft.Security/pricings", name="Containers", group=None)
    (deployment,) = _template(Unit(name="defender", group=None, resources=(pricing,)))["resources"]
    assert deployment["location"] == "eastus2"
    assert "resourceGroup" not in deployment
    assert "subscriptionDeploymentTemplate" in deployment["properties"]["template"]["$schema"]


def test_a_group_of_an_earlier_stack_is_used_and_not_made_again() -> None:
    template = cast("dict[str, Any]", Stack(name="later", location="eastus2", units=(_FIRST,)).template())
    (deployment,) = template["resources"]
    assert (deployment["resourceGroup"], "dependsOn" in deployment) == ("rg-one", False)


def test_the_resources_of_a_component_are_parted_by_their_groups() -> None:
    pricing = Resource(type="Microsoft.Security/pricings", name="Containers", group=None)
    output = Output(name="id", value=_IDENTITY.id)
    units = units_of("part", "s", (_IDENTITY, _BUS, pricing, _QUEUE), (output,), environment="dev")
    assert [(unit.name, unit.resources) for unit in units] == [
        ("part-eastus2", (_IDENTITY,)),
        ("part-centralus", (_BUS, _QUEUE)),
        ("part-subscription-dev", (pricing,)),
    ]
    assert [unit.outputs for unit in units] == [(output,), (), ()]
    assert [unit.name for unit in units_of("part", "later", (_IDENTITY,), environment="dev")] == ["part-s-eastus2"]


def test_a_resource_of_another_group_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unit 'u': Microsoft.ServiceBus/namespaces 'bus' lies in another group"):
        Unit(name="u", group=_ONE, resources=(_BUS,))


def test_a_reference_to_what_nothing_deploys_is_refused() -> None:
    stack = Stack(name="s", location="eastus2", units=(_SECOND,))
    with pytest.raises(ValueError, match=r"unit 'second': refers to .*userAssignedIdentities 'id'"):
        Estate(environment="e", stacks=(stack,))


def test_a_reference_to_a_later_stack_is_refused() -> None:
    first = Stack(name="a", location="eastus2", units=(_FIRST,))
    second = Stack(name="b", location="eastus2", units=(_SECOND,))
    assert list(Estate(environment="e", stacks=(first, second)).resources()) == [_IDENTITY, _QUEUE, _BUS]
    with pytest.raises(ValueError, match="in no unit of this stack or an earlier one"):
        Estate(environment="e", stacks=(second, first))


def test_two_units_of_one_name_are_refused() -> None:
    stacks = tuple(Stack(name=name, location="eastus2", units=(_FIRST,)) for name in ("a", "b"))
    with pytest.raises(ValueError, match="two units are named 'first'"):
        Estate(environment="e", stacks=stacks)
