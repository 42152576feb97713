from typing import Any

import pytest

from tests.infra.estate_parts import faults, of_type, parts, properties
from textnlp.topology.recovery import BACKUP_POLICIES, BackupPolicy
from textnlp_infra.arm import Resource
from textnlp_infra.components.backup import build_backup_vault, build_blob_backup, build_database_backup

_POLICIES = {policy.protects: policy for policy in BACKUP_POLICIES}
_STAMP = parts().stamp
_VAULT, _TOLD = build_backup_vault(_STAMP, parts().foundation.workspace, "ZoneRedundant")
_SERVER = _STAMP.resource("Microsoft.DBforPostgreSQL/flexibleServers")
_ACCOUNT = _STAMP.resource("Microsoft.Storage/storageAccounts", part="data")
_DATABASE = build_database_backup(_POLICIES["database"], _VAULT, _SERVER)
_BLOBS = build_blob_backup(_POLICIES["blobs"], _VAULT, _ACCOUNT)


def _rules(resources: tuple[Resource, ...]) -> dict[str, Any]:
    (policy,) = of_type(resources, "backupPolicies")
    return {rule["name"]: rule for rule in properties(policy)["policyRules"]}


def test_the_newest_of_each_age_is_kept_as_long_as_declared() -> None:
    rules = _rules(_DATABASE)
    kept = {
        name: rule["lifecycles"][0]["deleteAfter"]["duration"] for name, rule in rules.items() if "lifecycles" in rule
    }
    assert kept == {"Default": "P7D", "Weekly": "P4W", "Monthly": "P12M", "Yearly": "P5Y"}


def test_the_oldest_age_a_backup_stands_for_is_the_one_that_counts() -> None:
    criteria = _rules(_DATABASE)["BackupDaily"]["trigger"]["taggingCriteria"]
    ordered = sorted(criteria, key=lambda each: each["taggingPriority"])
    assert [each["tagInfo"]["tagName"] for each in ordered] == ["Yearly", "Monthly", "Weekly", "Default"]
    assert [each["isDefault"] for each in ordered] == [False, False, False, True]


def test_the_daily_backup_begins_at_the_declared_time() -> None:
    (interval,) = _rules(_DATABASE)["BackupDaily"]["trigger"]["schedule"]["repeatingTimeIntervals"]
    assert interval.endswith("T02:00:00+00:00/P1D")


def test_blobs_are_wound_back_where_they_lie() -> None:
    rules = _rules(_BLOBS)
    (life,) = rules["Default"]["lifecycles"]
    assert list(rules) == ["Default"]
    assert life["sourceDataStore"]["dataStoreType"] == "OperationalStore"
    assert life["deleteAfter"]["duration"] == "P30D"


@pytest.mark.parametrize(("resources", "source"), [(_DATABASE, _SERVER), (_BLOBS, _ACCOUNT)])
def test_the_vault_may_read_a_source_before_it_backs_it_up(resources: tuple[Resource, ...], source: Resource) -> None:
    (instance,) = of_type(resources, "backupInstances")
    grants = of_type(resources, "roleAssignments")
    assert set(grants) <= set(instance.after)
    assert source in [grant.scope for grant in grants]


def test_nothing_that_was_backed_up_is_gone_at_once() -> None:
    assert properties(_VAULT)["securitySettings"]["softDeleteSettings"]["state"] == "On"


def test_a_policy_that_keeps_only_points_in_time_is_refused_for_the_vault() -> None:
    policy = BackupPolicy(name="short", protects="database", point_in_time_days=7)
    with pytest.raises(ValueError, match=r"'short': a vault needs a retention"):
        build_database_backup(policy, _VAULT, _SERVER)


def test_the_published_types_take_all_of_it() -> None:
    assert faults((_VAULT, _TOLD, *_DATABASE, *_BLOBS)) == []
