from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.environments import environment
from textnlp_infra.policies import COST_EXPORTS, UNDELIVERED_EVENTS
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform

_PROD = environment("prod")
_STORAGE = build_platform(_PROD, build_foundation(_PROD)).storage


def _policy(account: str) -> dict[str, Any]:
    owner = _STORAGE.accounts[account]
    (policy,) = [
        item for item in _STORAGE.resources if item.type.endswith("/managementPolicies") and item.parent is owner
    ]
    rules = cast("Any", policy.properties)["policy"]["rules"]
    return {rule["name"]: rule["definition"] for rule in rules}


def test_each_declared_account_is_copied_as_declared() -> None:
    skus = {name: cast("Any", account.sku)["name"] for name, account in _STORAGE.accounts.items()}
    assert skus == {account.name: account.redundancy for account in TOPOLOGY.storage_accounts}


def test_every_declared_container_is_in_the_account_that_serves_its_prefixes() -> None:
    wanted = {
        (account.name, prefix.partition("/")[0]) for account in TOPOLOGY.storage_accounts for prefix in account.prefixes
    }
    assert set(_STORAGE.containers) == wanted | {("primary", UNDELIVERED_EVENTS), ("primary", COST_EXPORTS)}


def test_blobs_age_as_declared_in_the_account_they_are_in() -> None:
    actions = _policy("primary")["age-generations"]["actions"]["baseBlob"]
    assert actions == {
        "tierToCool": {"daysAfterModificationGreaterThan": 30},
        "tierToCold": {"daysAfterModificationGreaterThan": 90},
        "delete": {"daysAfterModificationGreaterThan": 365},
    }
    archive = _policy("archive")
    assert set(archive) == {"archive-generations"}
    assert archive["archive-generations"]["filters"]["prefixMatch"] == ["generations/archive/"]


def test_a_rule_about_versions_says_nothing_of_the_blobs_themselves() -> None:
    actions = _policy("primary")["drop-old-versions"]["actions"]
    assert actions["baseBlob"] is None
    assert actions["version"] == actions["snapshot"] == {"delete": {"daysAfterCreationGreaterThan": 35}}


def test_files_are_shared_encrypted_alone() -> None:
    service = next(item for item in _STORAGE.resources if item.type.endswith("/fileServices"))
    settings = cast("Any", service.properties)["protocolSettings"]
    assert settings["smb"]["versions"] == "SMB3.1.1;"
    assert settings["nfs"]["encryptionInTransit"] == {"required": True}


def test_every_region_has_the_shares_of_the_topology() -> None:
    declared = {
        (region.name, share.name): (share.protocol, share.size_gib)
        for region in _PROD.regions
        for share in TOPOLOGY.file_shares
    }
    built = {name: cast("Any", share.properties) for name, share in _STORAGE.shares.items()}
    assert {name: (each["enabledProtocols"], each["shareQuota"]) for name, each in built.items()} == declared
