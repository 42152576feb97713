import pytest

from textnlp_infra.arm.expression import call, written
from textnlp_infra.arm.resource import Resource, ResourceGroup

_OWN = ResourceGroup(name="rg-own", location="eastus2", stack="s")
_NAMESPACE = Resource(type="Microsoft.ServiceBus/namespaces", name="bus", group=_OWN, location="eastus2")
_QUEUE = _NAMESPACE.child("queues", "q", {"maxDeliveryCount": 3})


def test_a_child_is_named_with_its_parent() -> None:
    assert written(_QUEUE.body(), "rg-own") == {
        "type": "Microsoft.ServiceBus/namespaces/queues",
        "apiVersion": "2026-01-01",
        "name": "bus/q",
        "properties": {"maxDeliveryCount": 3},
    }


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("rg-own", "[resourceId('Microsoft.ServiceBus/namespaces/queues', 'bus', 'q')]"),
        ("rg-other", "[resourceId('rg-own', 'Microsoft.ServiceBus/namespaces/queues', 'bus', 'q')]"),
        (
            None,
            (
                "[extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, "
                "'rg-own'), 'Microsoft.ServiceBus/namespaces/queues', 'bus', 'q')]"
            ),
        ),
    ],
)
def test_an_id_is_written_for_the_place_it_is_read_in(place: str | None, text: str) -> None:
    assert written(_QUEUE.id, place) == text


def test_whoever_names_a_resource_uses_it() -> None:
    user = Resource(
        type="Microsoft.Web/sites",
        name="site",
        group=_OWN,
        properties={"a": [_NAMESPACE.property("serviceBusEndpoint")], "b": {"c": _QUEUE.id}},
    )
    assert list(user.uses()) == [_NAMESPACE, _QUEUE]
    assert list(_QUEUE.uses()) == [_NAMESPACE]


def test_properties_are_told_by_the_version_that_made_them() -> None:
    assert written(_NAMESPACE.property("serviceBusEndpoint"), "rg-own") == (
        "[reference(resourceId('Microsoft.ServiceBus/namespaces', 'bus'), '2026-01-01').serviceBusEndpoint]"
    )
    assert written(_NAMESPACE.full("identity.principalId"), "rg-own") == (
        "[reference(resourceId('Microsoft.ServiceBus/namespaces', 'bus'), '2026-01-01', 'Full').identity.principalId]"
    )


def test_an_inner_part_has_an_id_and_its_owner_is_used() -> None:
    vnet = Resource(type="Microsoft.Network/virtualNetworks", name="v", group=_OWN)
    subnet = vnet.inner_id("subnets", "s")
    assert written(subnet, "rg-own") == "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]"
    assert subnet.uses == (vnet,)


def test_what_extends_a_resource_has_its_id_below_it() -> None:
    lock = Resource(type="Microsoft.Authorization/locks", name="keep", group=_OWN, scope=_NAMESPACE)
    assert written(lock.id, "rg-own") == (
        "[extensionResourceId(resourceId('Microsoft.ServiceBus/namespaces', 'bus'), 'Microsoft.Authorization/locks', "
        "'keep')]"
    )
    assert _NAMESPACE in lock.uses()


def test_a_resource_of_the_subscription_has_its_id_there() -> None:
    plan = Resource(type="Microsoft.Security/pricings", name="StorageAccounts", group=None)
    assert written(plan.id, None) == "[subscriptionResourceId('Microsoft.Security/pricings', 'StorageAccounts')]"


def test_a_name_known_only_at_deployment_is_put_behind_its_parents() -> None:
    child = Resource(type="Microsoft.ServiceBus/namespaces/queues", name=call("guid"), group=_OWN, parent=_NAMESPACE)
    assert written(child.body()["name"], "rg-own") == "[format('{0}/{1}', 'bus', guid())]"
