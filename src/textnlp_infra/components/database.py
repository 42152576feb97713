"""PostgreSQL: a server with a standby in another zone, a replica in the other region, and one name for the writer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.database import DatabaseServer
from textnlp_infra.arm import Parameter, Resource, Value, call
from textnlp_infra.components.encryption import Encryption
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED
from textnlp_infra.stamp import Stamp
from textnlp_infra.working_hours import time_when_on

DATABASE = "textnlp"
_DOMAIN = "postgres.database.azure.com"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_MAINTENANCE = "03:00"
"""On Sundays, UTC."""

ADMIN_GROUP_ID = Parameter(
    name="adminGroupObjectId", description="Object id of the Entra ID group that administers database and cluster."
)
ADMIN_GROUP_NAME = Parameter(
    name="adminGroupName", description="Name of that group, under which its members sign in to the database."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    """The server as it is ordered and set.

    Attributes:
        parameters: server parameters in PostgreSQL's own units, sorted by name.
        is_replicated: whether the other region has a replica.
    """

    server: DatabaseServer
    parameters: tuple[tuple[str, str], ...]
    is_replicated: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Database:
    """The server that takes writes.

    Attributes:
        replica: the server of the other region, where there is one.
        late: the name that follows the writer; it belongs to the server and needs the replica, so that it is a
            deployment after both.
    """

    server: Resource
    replica: Resource | None
    resources: tuple[Resource, ...]
    late: tuple[Resource, ...]

    @property
    def host(self) -> str:
        """Where the server that takes writes answers, whichever it is."""
        return f"{self.late[0].name}.writer.{_DOMAIN}" if self.late else f"{self.server.name}.{_DOMAIN}"


def database_config(stamp: Stamp) -> DatabaseConfig:
    """Return the server of an environment."""
    server = stamp.environment.sizes.database
    parameters = {
        **dict(server.parameters),
        "max_connections": str(server.max_connections),
        "pgbouncer.enabled": "true",
        "shared_buffers": str(server.shared_buffers_pages),
    }
    return DatabaseConfig(
        server=server,
        parameters=tuple(sorted(parameters.items())),
        is_replicated=len(stamp.environment.regions) > 1,
    )


def build_database(
    config: DatabaseConfig,
    stamps: Mapping[str, Stamp],
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    encryption: Encryption,
) -> Database:
    """Build the server in the first of the stamps, and its replica in the second."""
    doors = tuple(networks)
    primary, *others = stamps.values()
    server = _server(config, primary, encryption, _created(config, encryption, primary, others))
    chained = _in_turn(server, config)
    resources = [server, *chained, diagnostics(server, workspace), *private_endpoints(server, _PARTS, doors)]
    if not (config.is_replicated and others):
        return Database(server=server, replica=None, resources=tuple(resources), late=())
    source: dict[str, Value] = {
        "createMode": "Replica",
        "sourceServerResourceId": server.id,
        "dataEncryption": _encrypted(encryption, others[0]),
    }
    replica = _server(config, others[0], encryption, source, after=tuple(chained))
    writer = server.child(
        "virtualendpoints", DATABASE, {"endpointType": "ReadWrite", "members": [str(replica.name)]}, after=(replica,)
    )
    resources += [replica, diagnostics(replica, workspace), *private_endpoints(replica, _PARTS, doors)]
    return Database(server=server, replica=replica, resources=tuple(resources), late=(writer,))


_PARTS = ("postgresqlServer",)


def _server(
    config: DatabaseConfig,
    stamp: Stamp,
    encryption: Encryption,
    more: Mapping[str, Value],
    *,
    after: tuple[Resource, ...] = (),
) -> Resource:
    ordered = config.server
    properties: dict[str, Value] = {
        "version": ordered.version,
        "storage": {"storageSizeGB": ordered.storage_gib, "autoGrow": "Enabled" if ordered.grows else "Disabled"},
        "availabilityZone": ordered.zone,
        "network": {"publicNetworkAccess": CLOSED},
        "authConfig": {
            "activeDirectoryAuth": "Enabled",
            "passwordAuth": "Disabled",
            "tenantId": call("subscription").property("tenantId"),
        },
        **more,
    }
    return stamp.resource(
        _SERVER,
        properties,
        sku={"name": ordered.machine_size, "tier": ordered.tier},
        identity=user_assigned(encryption.identity),
        after=after,
    )


def _created(config: DatabaseConfig, encryption: Encryption, stamp: Stamp, others: list[Stamp]) -> dict[str, Value]:
    """Return what only a server that is not a replica has: backups, a standby, a key for backups in the pair."""
    ordered = config.server
    standby = ordered.standby_zone if ordered.high_availability != "Disabled" else None
    backup_key: dict[str, Value] = {}
    if ordered.has_geo_backup and others:
        backup_key = {
            "geoBackupKeyURI": encryption.key(others[0].region.name).property("keyUriWithVersion"),
            "geoBackupUserAssignedIdentityId": encryption.identity.id,
        }
    return {
        "createMode": "Create",
        "backup": {
            "backupRetentionDays": ordered.point_in_time_days,
            "geoRedundantBackup": "Enabled" if ordered.has_geo_backup else "Disabled",
        },
        "highAvailability": {"mode": ordered.high_availability, "standbyAvailabilityZone": standby},
        "maintenanceWindow": {
            "customWindow": "Enabled",
            "dayOfWeek": 0,
            "startHour": int(time_when_on(_MAINTENANCE, stamp.environment)[:2]),
            "startMinute": 0,
        },
        "dataEncryption": {**_encrypted(encryption, stamp), **backup_key},
    }


def _encrypted(encryption: Encryption, stamp: Stamp) -> dict[str, Value]:
    key = encryption.key(stamp.region.name)
    return {
        "type": "AzureKeyVault",
        "primaryKeyURI": key.property("keyUriWithVersion"),
        "primaryUserAssignedIdentityId": encryption.identity.id,
    }


def _in_turn(server: Resource, config: DatabaseConfig) -> list[Resource]:
    """Return database, parameters and administrators, each after the one before: the server takes one at a time."""
    admin: dict[str, Value] = {
        "principalType": "Group",
        "principalName": ADMIN_GROUP_NAME.value,
        "tenantId": call("subscription").property("tenantId"),
    }
    made = [server.child("databases", DATABASE, {"charset": "UTF8", "collation": "en_US.utf8"})]
    for name, value in config.parameters:
        setting: dict[str, Value] = {"value": value, "source": "user-override"}
        made.append(server.child("configurations", name, setting, after=(made[-1],)))
    administrators = Resource(
        type=f"{_SERVER}/administrators",
        name=ADMIN_GROUP_ID.value,
        group=server.group,
        parent=server,
        properties=admin,
        after=(made[-1],),
    )
    return [*made, administrators]
