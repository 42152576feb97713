"""The backup vault: what is kept for longer than the services themselves keep it, and where blobs can be wound back to.

The database's own backups reach back weeks; the vault keeps the newest of each day, week, month and year.
"""

from textnlp.topology.recovery import BackupPolicy, Retention
from textnlp_infra.arm import Resource, Value, call
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.roles import Role, assign_role, role_definition
from textnlp_infra.stamp import Stamp
from textnlp_infra.working_hours import MONDAY

VAULT = "Microsoft.DataProtection/backupVaults"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
_ACCOUNT = "Microsoft.Storage/storageAccounts"
_IN_VAULT = {"dataStoreType": "VaultStore", "objectType": "DataStoreInfoBase"}
_IN_PLACE = {"dataStoreType": "OperationalStore", "objectType": "DataStoreInfoBase"}
_SOFT_DELETE_DAYS = 14
_TAGS = ("Yearly", "Monthly", "Weekly")
_FIRSTS = {"Yearly": "FirstOfYear", "Monthly": "FirstOfMonth", "Weekly": "FirstOfWeek"}


def build_backup_vault(stamp: Stamp, workspace: Resource, redundancy: str) -> tuple[Resource, Resource]:
    """Build the vault, from which nothing that was backed up can be deleted at once, and its diagnostic setting."""
    stores: list[Value] = [{"datastoreType": "VaultStore", "type": redundancy}]
    vault = stamp.resource(
        VAULT,
        {
            "storageSettings": stores,
            "securitySettings": {
                "softDeleteSettings": {"state": "On", "retentionDurationInDays": _SOFT_DELETE_DAYS},
                "immutabilitySettings": {"state": "Unlocked"},
            },
        },
        identity={"type": "SystemAssigned"},
    )
    return vault, diagnostics(vault, workspace)


def build_database_backup(policy: BackupPolicy, vault: Resource, server: Resource) -> tuple[Resource, ...]:
    """Back the server up every day, and keep each backup as long as the oldest age it stands for.

    Raises `ValueError` for a policy that keeps nothing but a point in time.
    """
    if policy.retention is None or policy.starts_at is None:
        raise ValueError(f"backup policy '{policy.name}': a vault needs a retention and a time of day")
    made = vault.child("backupPolicies", policy.name, _database_policy(policy.retention, policy.starts_at))
    grants = (assign_role(Role.DATABASE_BACKUP, server, to=vault), _reader(vault))
    return made, *grants, _instance(policy.name, vault, made, server, (_SERVER, _SERVER), grants)


def build_blob_backup(policy: BackupPolicy, vault: Resource, account: Resource) -> tuple[Resource, ...]:
    """Let the blobs of an account be wound back to any moment; nothing leaves the account."""
    rule = _retention("Default", f"P{policy.point_in_time_days}D", _IN_PLACE, is_default=True)
    made = vault.child("backupPolicies", policy.name, _policy(_BLOBS, [rule]))
    grants = (assign_role(Role.STORAGE_BACKUP, account, to=vault),)
    return made, *grants, _instance(policy.name, vault, made, account, (_BLOBS, _ACCOUNT), grants)


def _reader(vault: Resource) -> Resource:
    """Return the vault's right to see the group of what it backs up, which is its own."""
    group = call("resourceGroup").property("id")
    return Resource(
        type="Microsoft.Authorization/roleAssignments",
        name=call("guid", group, vault.id, Role.READER.value),
        group=vault.group,
        properties={
            "principalId": vault.full("identity.principalId"),
            "principalType": "ServicePrincipal",
            "roleDefinitionId": role_definition(Role.READER),
        },
    )


def _policy(source: str, rules: list[Value]) -> dict[str, Value]:
    return {"objectType": "BackupPolicy", "datasourceTypes": (source,), "policyRules": rules}


def _database_policy(retention: Retention, starts_at: str) -> dict[str, Value]:
    kept = {"Yearly": f"P{retention.yearly}Y", "Monthly": f"P{retention.monthly}M", "Weekly": f"P{retention.weekly}W"}
    rules = [_retention(tag, kept[tag], _IN_VAULT, is_default=False) for tag in _TAGS]
    default = _retention("Default", f"P{retention.daily}D", _IN_VAULT, is_default=True)
    criteria: list[Value] = [
        *(_tagged(tag, priority, [_FIRSTS[tag]]) for priority, tag in enumerate(_TAGS, start=1)),
        _tagged("Default", 99, None),
    ]
    backup: Value = {
        "name": "BackupDaily",
        "objectType": "AzureBackupRule",
        "backupParameters": {"objectType": "AzureBackupParams", "backupType": "Full"},
        "dataStore": _IN_VAULT,
        "trigger": {
            "objectType": "ScheduleBasedTriggerContext",
            "schedule": {
                "repeatingTimeIntervals": (f"R/{MONDAY.isoformat()}T{starts_at}:00+00:00/P1D",),
                "timeZone": "UTC",
            },
            "taggingCriteria": criteria,
        },
    }
    return _policy(_SERVER, [*rules, default, backup])


def _retention(name: str, kept: str, store: dict[str, str], *, is_default: bool) -> Value:
    life: Value = {
        "deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": kept},
        "sourceDataStore": store,
        "targetDataStoreCopySettings": [],
    }
    return {"name": name, "objectType": "AzureRetentionRule", "isDefault": is_default, "lifecycles": [life]}


def _tagged(tag: str, priority: int, firsts: list[str] | None) -> Value:
    criteria: list[Value] | None = (
        [{"objectType": "ScheduleBasedBackupCriteria", "absoluteCriteria": firsts}] if firsts else None
    )
    return {
        "isDefault": firsts is None,
        "taggingPriority": priority,
        "tagInfo": {"tagName": tag},
        "criteria": criteria,
    }


def _instance(
    name: str,
    vault: Resource,
    policy: Resource,
    source: Resource,
    types: tuple[str, str],
    after: tuple[Resource, ...],
) -> Resource:
    """Return what puts a source under a policy; `types` are those of what is backed up and of its resource."""
    backed_up, resource_type = types
    return vault.child(
        "backupInstances",
        name,
        {
            "objectType": "BackupInstance",
            "friendlyName": str(source.name),
            "policyInfo": {"policyId": policy.id},
            "dataSourceInfo": {
                "objectType": "Datasource",
                "datasourceType": backed_up,
                "resourceID": source.id,
                "resourceName": str(source.name),
                "resourceType": resource_type,
                "resourceUri": source.id,
                "resourceLocation": source.location,
            },
        },
        after=after,
    )
