import pytest

from textnlp_infra.api_versions import api_version


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules", "2026-01-01"),
        ("Microsoft.Network/privateDnsZones/virtualNetworkLinks", "2024-06-01"),
        ("Microsoft.Network/virtualNetworks", "2025-09-01"),
        ("Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"),
    ],
)
def test_a_type_speaks_the_version_written_nearest_to_it(kind: str, version: str) -> None:
    assert api_version(kind) == version


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no API version is known for 'Contoso.Things/widgets'"):
        api_version("Contoso.Things/widgets")
