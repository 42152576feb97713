"""Blobs, database and caches."""

from tests.infra.checks.planting import Mistake, put

_ACCOUNT = "Microsoft.Storage/storageAccounts"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_PRIMARY, _REPLICA = "psql-textnlp-prod-eus2", "psql-textnlp-prod-cus"
_CACHE = "Microsoft.Cache/redisEnterprise"

DATA = [
    Mistake(
        "an archive in an account over zones",
        f"{_ACCOUNT}/managementPolicies",
        "stnlpprodeus2data/default",
        put(
            "properties.policy.rules[age-generations].definition.actions.baseBlob.tierToArchive",
            {"daysAfterModificationGreaterThan": 90},
        ),
        "rule 'age-generations' archives in an account of Standard_RAGZRS",
        "write tierToCold, or an account of Standard_GRS",
    ),
    Mistake(
        "a lifecycle of what nobody writes",
        f"{_ACCOUNT}/managementPolicies",
        "stnlpprodeus2data/default",
        put("properties.policy.rules[drop-quarantine].definition.filters.prefixMatch", ["prompts/old"]),
        "is about 'prompts/old', which is not in the topology",
        "prompts/quarantine",
    ),
    Mistake(
        "a container that the topology does not know",
        f"{_ACCOUNT}/blobServices/containers",
        "stnlpprodeus2data/default/backups",
        put("name", "stnlpprodeus2data/default/backup"),
        "'backup' is not in the topology",
        "backups",
    ),
    Mistake(
        "blobs that anybody reads",
        f"{_ACCOUNT}/blobServices/containers",
        "stnlpprodeus2data/default/models",
        put("properties.publicAccess", "Blob"),
        "its blobs can be read by anybody",
        "write publicAccess: None",
    ),
    Mistake(
        "deleted blobs that are gone",
        f"{_ACCOUNT}/blobServices",
        "stnlpprodeus2archive/default",
        put("properties.deleteRetentionPolicy.enabled", 0),
        "deleteRetentionPolicy is off",
        "enabled: true",
    ),
    Mistake(
        "blobs in one region only",
        _ACCOUNT,
        "stnlpprodeus2archive",
        put("sku.name", "Standard_ZRS"),
        "Standard_ZRS stays in one region",
        "write Standard_RAGZRS",
    ),
    Mistake(
        "too small a buffer",
        f"{_SERVER}/configurations",
        f"{_PRIMARY}/shared_buffers",
        put("properties.value", "32768"),
        "shared_buffers is 0.8% of 32 GiB",
        "write 1048576, a quarter",
    ),
    Mistake(
        "a field of the retired server",
        _SERVER,
        _PRIMARY,
        put("properties.minimalTlsVersion", "TLS1_2"),
        "minimalTlsVersion is a field of the retired single server",
        "server parameters",
    ),
    Mistake(
        "a standby beside its primary",
        _SERVER,
        _PRIMARY,
        put("properties.highAvailability.standbyAvailabilityZone", "1"),
        "primary and standby are both in zone 1",
        "write two zones",
    ),
    Mistake(
        "a replica unlike its source",
        _SERVER,
        _REPLICA,
        put("properties.storage.storageSizeGB", 128),
        "properties.storage.storageSizeGB is 128",
        "write 512, as its source has",
    ),
    Mistake(
        "a machine that nobody knows the memory of",
        _SERVER,
        _REPLICA,
        put("sku.name", "Standard_D8ds_v4"),
        "nobody knows the memory of Standard_D8ds_v4",
        "write Standard_D8ds_v5",
    ),
    Mistake(
        "passwords for the database",
        _SERVER,
        _REPLICA,
        put("properties.authConfig.passwordAuth", "Enabled"),
        "properties.authConfig.passwordAuth is 'Enabled'",
        "passwordAuth: Disabled",
    ),
    Mistake(
        "a linked cache that cannot be linked",
        _CACHE,
        "amr-textnlp-prod-cus",
        put("sku.name", "Balanced_B1"),
        "Balanced_B1 cannot be linked",
        "write Balanced_B3 or larger",
    ),
    Mistake(
        "linked caches of two sizes",
        _CACHE,
        "amr-textnlp-prod-cus",
        put("sku.name", "Balanced_B1"),
        "linked caches are of Balanced_B1 and Balanced_B10",
        "one size for all",
    ),
]
