from tests.infra.estate_parts import faults, parts, properties
from textnlp_infra.components.web_app import SITE, connection_settings, no_publishing_passwords, site_config

_PARTS = parts()


def test_an_app_lets_in_nobody_who_is_not_named() -> None:
    told = site_config({})
    assert told["ipSecurityRestrictions"] == ()
    assert told["ipSecurityRestrictionsDefaultAction"] == told["scmIpSecurityRestrictionsDefaultAction"] == "Deny"
    assert told["minTlsVersion"] == "1.2"
    assert told["ftpsState"] == "Disabled"


def test_settings_are_in_order_of_their_names() -> None:
    assert site_config({"B": "2", "A": "1"})["appSettings"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ]


def test_a_host_signs_in_as_an_identity() -> None:
    identity = _PARTS.foundation.identities.by_name["functions"]
    told = connection_settings("Store", identity, accountName="x")
    assert told["Store__accountName"] == "x"
    assert told["Store__credential"] == "managedidentity"
    assert set(told) == {"Store__accountName", "Store__credential", "Store__clientId"}


def test_no_password_publishes_code() -> None:
    policies = no_publishing_passwords(_PARTS.stamp.resource(SITE))
    assert [(policy.name, properties(policy)) for policy in policies] == [
        ("ftp", {"allow": False}),
        ("scm", {"allow": False}),
    ]
    assert faults(policies) == []
