from textnlp_infra.environments import environment
from textnlp_infra.stamp import GLOBAL, stamp_of

_PROD = environment("prod", suffix="x1")
_STAMP = stamp_of(_PROD, _PROD.primary, "foundation")


def test_a_resource_is_named_placed_and_tagged_by_the_rules() -> None:
    vault = _STAMP.resource("Microsoft.KeyVault/vaults", {"sku": {"name": "premium"}})
    assert vault.name == "kv-nlp-prod-eus2-x1"
    assert vault.location == "eastus2"
    assert vault.group is _STAMP.group
    assert vault.tags == _STAMP.group.tags


def test_what_is_said_overrules_the_rules() -> None:
    zone = _STAMP.resource("Microsoft.Network/privateDnsZones", name="azure-api.net", location=GLOBAL, kind="zone")
    assert (zone.name, zone.location, zone.kind) == ("azure-api.net", "global", "zone")


def test_an_environment_without_zones_spreads_nothing() -> None:
    dev = environment("dev")
    assert _STAMP.zones == ("1", "2", "3")
    assert stamp_of(dev, dev.primary, "foundation").zones is None
    assert (_STAMP.zone_redundancy, stamp_of(dev, dev.primary, "foundation").zone_redundancy) == ("Enabled", "Disabled")


def test_one_region_serves_and_the_other_stands_ready() -> None:
    assert [stamp_of(_PROD, region, "platform").is_primary for region in _PROD.regions] == [True, False]
