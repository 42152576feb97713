from pathlib import Path

import pytest

from textnlp_infra.coverage.element import Element, Sought, uncovered
from textnlp_infra.expansion.resource import ExpandedResource

_NETWORK = ExpandedResource(
    id="/subscriptions/s/vnet",
    type="Microsoft.Network/virtualNetworks",
    api_version="2025-09-01",
    name="vnet-prod",
    body={
        "sku": {"name": "Standard"},
        "properties": {"subnets": [{"name": "aks-system"}], "prefixes": ["10.0.0.0/16"]},
    },
    stack="foundation",
    unit="network",
    group="rg",
    scope=None,
    depends_on=(),
    asked=frozenset(),
)


@pytest.mark.parametrize(
    ("name", "at", "is_", "matches"),
    [
        ("*", "", None, True),
        ("vnet-*", "", None, True),
        ("vnet-dev", "", None, False),
        ("*", "sku.name", "Standard", True),
        ("*", "sku.name", "Premium", False),
        ("*", "sku.tier", None, False),
        ("*", "properties.subnets", "aks-system", True),
        ("*", "properties.subnets", "aks-user", False),
        ("*", "properties.prefixes", "10.0.0.0/16", True),
        ("*", "properties.prefixes", None, True),
    ],
)
def test_a_resource_is_found_by_name_and_by_what_stands_in_it(
    name: str, at: str, is_: str | None, *, matches: bool
) -> None:
    assert Sought(type=_NETWORK.type, name=name, at=at, is_=is_).matches(_NETWORK) is matches


def test_another_type_is_not_found() -> None:
    assert not Sought(type="Microsoft.Network/natGateways").matches(_NETWORK)


def test_an_element_without_its_resource_or_its_file_is_told_with_what_is_wanting(tmp_path: Path) -> None:
    element = Element(
        heading="1. Network",
        name="Subnet",
        sought=(Sought(type=_NETWORK.type, at="properties.subnets", is_="aks-user"), Sought(type=_NETWORK.type)),
        files=("k8s/gone.yaml",),
    )
    network, file = uncovered([element], lambda _: [_NETWORK], tmp_path)
    assert network.startswith("1. Network: Subnet: no Microsoft.Network/virtualNetworks '*' with properties.subnets =")
    assert file == "1. Network: Subnet: there is no k8s/gone.yaml"


def test_an_element_that_is_made_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="'Subnet': name the resources or files that are it"):
        Element(heading="1. Network", name="Subnet")


def test_an_element_that_another_environment_has_is_sought_there(tmp_path: Path) -> None:
    element = Element(heading="1. Network", name="Net", sought=(Sought(type=_NETWORK.type),), environment="dev")
    resources = {"dev": [_NETWORK], "prod": []}
    assert uncovered([element], resources.__getitem__, tmp_path) == []
