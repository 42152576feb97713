from textnlp_infra.policies import REQUIRED_TAGS, private_zones, tags


def test_everything_has_the_tags_that_budgets_go_by() -> None:
    assert set(REQUIRED_TAGS) <= set(tags("dev", is_production=False))
    assert tags("prod", is_production=True)["criticality"] == "high"


def test_each_zone_is_listed_once() -> None:
    zones = private_zones()
    assert len(set(zones)) == len(zones)
    assert {"privatelink.blob.core.windows.net", "privatelink.openai.azure.com", "azure-api.net"} <= set(zones)
