"""Blobs and files: an account for what is worked with, one for what is archived, and one for shared files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import PRIMARY_ACCOUNT, LifecycleRule, StorageAccount
from textnlp.topology.file_shares import FileShare
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.encryption import Encryption
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED, COST_EXPORTS, FENCE, STORAGE_MINIMUM_TLS, UNDELIVERED_EVENTS
from textnlp_infra.stamp import Stamp

ACCOUNT = "Microsoft.Storage/storageAccounts"
_PARTS: Mapping[str, str] = {PRIMARY_ACCOUNT: "data"}
_DELETED_SHARE_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageConfig:
    """The accounts, and how each is copied.

    Attributes:
        redundancy: by the name of the declared account.
        files_redundancy: of the account for files.
        shares: what that account holds.
    """

    accounts: tuple[StorageAccount, ...]
    redundancy: Mapping[str, str]
    files_redundancy: str
    shares: tuple[FileShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Storage:
    """The accounts by their declared names, their containers by account and name, and shares by region and name."""

    accounts: Mapping[str, Resource]
    containers: Mapping[tuple[str, str], Resource]
    shares: Mapping[tuple[str, str], Resource]
    resources: tuple[Resource, ...]


def storage_config(stamp: Stamp) -> StorageConfig:
    """Return the accounts of an environment."""
    sizes = stamp.environment.sizes
    return StorageConfig(
        accounts=TOPOLOGY.storage_accounts,
        redundancy=dict(sizes.storage_redundancy),
        files_redundancy="Premium_ZRS" if sizes.is_zone_redundant else "Premium_LRS",
        shares=TOPOLOGY.file_shares,
    )


def build_storage(
    config: StorageConfig,
    stamp: Stamp,
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    encryption: Encryption,
) -> Storage:
    """Build the accounts in the region that serves; Azure copies them into its pair.

    Files are the exception: what machines mount by NFS is copied nowhere, so that every region has an account for them.
    """
    doors = tuple(networks)
    accounts: dict[str, Resource] = {}
    containers: dict[tuple[str, str], Resource] = {}
    resources: list[Resource] = []
    for declared in config.accounts:
        is_primary = declared.name == PRIMARY_ACCOUNT
        account = _account(declared, config.redundancy[declared.name], stamp, encryption)
        blobs = account.child("blobServices", "default", _blob_service(declared))
        names = dict.fromkeys(prefix.partition("/")[0] for prefix in declared.prefixes)
        own = {name: blobs.child("containers", name, {"publicAccess": "None"}) for name in names}
        if is_primary:
            own |= {
                name: blobs.child("containers", name, {"publicAccess": "None"})
                for name in (UNDELIVERED_EVENTS, COST_EXPORTS)
            }
        accounts[declared.name] = account
        containers |= {(declared.name, name): container for name, container in own.items()}
        parts = ("blob", "dfs", "queue", "table") if is_primary else ("blob",)
        resources += [account, blobs, *own.values(), *_lifecycle(account, blobs, declared)]
        resources += [diagnostics(account, workspace), diagnostics(blobs, workspace)]
        resources += private_endpoints(account, parts, doors)
    shares: dict[tuple[str, str], Resource] = {}
    for door in doors:
        own, files = _files(config, door.stamp, workspace, doors, encryption)
        shares |= {(door.stamp.region.name, name): share for name, share in own.items()}
        resources += files
    return Storage(accounts=accounts, containers=containers, shares=shares, resources=tuple(resources))


def _account(declared: StorageAccount, redundancy: str, stamp: Stamp, encryption: Encryption) -> Resource:
    return stamp.resource(
        ACCOUNT,
        {"accessTier": declared.access_tier, **_closed(encryption, stamp), "isHnsEnabled": False},
        part=_PARTS.get(declared.name, declared.name),
        kind="StorageV2",
        sku={"name": redundancy},
        identity=user_assigned(encryption.identity),
    )


def closed_account() -> dict[str, Value]:
    """Return what holds for every account: no key opens it, and nothing from outside reaches it."""
    return {
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "allowSharedKeyAccess": False,
        "defaultToOAuthAuthentication": True,
        "minimumTlsVersion": STORAGE_MINIMUM_TLS,
        "networkAcls": FENCE,
        "publicNetworkAccess": CLOSED,
        "supportsHttpsTrafficOnly": True,
    }


def _closed(encryption: Encryption, stamp: Stamp) -> dict[str, Value]:
    vault = encryption.vaults[stamp.region.name].vault
    return {
        **closed_account(),
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": {
                "keyname": encryption.key_name,
                "keyvaulturi": vault.property("vaultUri"),
            },
            "identity": {"userAssignedIdentity": encryption.identity.id},
            "requireInfrastructureEncryption": True,
        },
    }


def _blob_service(declared: StorageAccount) -> dict[str, Value]:
    kept: dict[str, Value] = {"enabled": True, "days": declared.soft_delete_days}
    return {
        "isVersioningEnabled": declared.versioning,
        "changeFeed": {"enabled": declared.change_feed},
        "deleteRetentionPolicy": kept,
        "containerDeleteRetentionPolicy": kept,
    }


def _lifecycle(account: Resource, blobs: Resource, declared: StorageAccount) -> list[Resource]:
    rules: list[Value] = [
        _rule(rule, prefixes)
        for rule in TOPOLOGY.lifecycle_rules
        if (prefixes := [prefix for prefix in rule.prefixes if prefix in declared.prefixes])
    ]
    policy: dict[str, Value] = {"policy": {"rules": rules}}
    return [account.child("managementPolicies", "default", policy, after=(blobs,))] if rules else []


def _rule(rule: LifecycleRule, prefixes: list[str]) -> dict[str, Value]:
    base = {
        "tierToCool": rule.cool_after_days,
        "tierToCold": rule.cold_after_days,
        "tierToArchive": rule.archive_after_days,
        "delete": rule.delete_after_days,
    }
    blob: dict[str, Value] = {
        action: {"daysAfterModificationGreaterThan": days} for action, days in base.items() if days is not None
    }
    days = rule.delete_versions_after_days
    old: dict[str, Value] | None = {"delete": {"daysAfterCreationGreaterThan": days}} if days is not None else None
    return {
        "enabled": True,
        "name": rule.name,
        "type": "Lifecycle",
        "definition": {
            "filters": {"blobTypes": ["blockBlob"], "prefixMatch": [f"{prefix}/" for prefix in prefixes]},
            "actions": {"baseBlob": blob or None, "version": old, "snapshot": old},
        },
    }


def _files(
    config: StorageConfig,
    stamp: Stamp,
    workspace: Resource,
    networks: tuple[PrivateNetwork, ...],
    encryption: Encryption,
) -> tuple[dict[str, Resource], list[Resource]]:
    account = stamp.resource(
        ACCOUNT,
        _closed(encryption, stamp),
        part="files",
        kind="FileStorage",
        sku={"name": config.files_redundancy},
        identity=user_assigned(encryption.identity),
    )
    service = account.child(
        "fileServices",
        "default",
        {
            "shareDeleteRetentionPolicy": {"enabled": True, "days": _DELETED_SHARE_DAYS},
            "protocolSettings": {
                "nfs": {"encryptionInTransit": {"required": True}},
                "smb": {"versions": "SMB3.1.1;", "channelEncryption": "AES-256-GCM;"},
            },
        },
    )
    shares = {share.name: service.child("shares", share.name, _share(share)) for share in config.shares}
    told = [diagnostics(account, workspace), diagnostics(service, workspace)]
    return shares, [account, service, *shares.values(), *told, *private_endpoints(account, ("file",), networks)]


def _share(share: FileShare) -> dict[str, Value]:
    protocol: dict[str, Value] = {"shareQuota": share.size_gib, "enabledProtocols": share.protocol}
    return {**protocol, "rootSquash": "RootSquash"} if share.protocol == "NFS" else protocol
