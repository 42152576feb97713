"""Managed Redis: equal caches in all regions, each of which takes writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import CACHE
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import Identities
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED, MINIMUM_TLS
from textnlp_infra.stamp import Stamp

_PORT = 10_000
_GROUP = "textnlp"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheConfig:
    """Size of the caches; they can be linked from Balanced_B3 upwards.

    Attributes:
        users: processes that may sign in.
    """

    size: str
    has_standby: bool
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cache:
    """The clusters by region."""

    clusters: Mapping[str, Resource]
    resources: tuple[Resource, ...]


def cache_config(stamp: Stamp) -> CacheConfig:
    """Return the caches of an environment."""
    sizes = stamp.environment.sizes
    users = tuple(process.name for process in TOPOLOGY.processes if CACHE in process.uses and not process.part_of)
    return CacheConfig(size=sizes.cache, has_standby=sizes.is_zone_redundant, users=users)


def build_cache(
    config: CacheConfig,
    stamps: Mapping[str, Stamp],
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    identities: Identities,
) -> Cache:
    """Build a cache in every region; each joins those before it."""
    doors = tuple(networks)
    clusters: dict[str, Resource] = {}
    databases: list[Resource] = []
    resources: list[Resource] = []
    for region, stamp in stamps.items():
        cluster = stamp.resource(
            "Microsoft.Cache/redisEnterprise",
            {
                "highAvailability": "Enabled" if config.has_standby else "Disabled",
                "minimumTlsVersion": MINIMUM_TLS,
                "publicNetworkAccess": CLOSED,
            },
            sku={"name": config.size},
        )
        database = _database(cluster, databases, is_linked=len(stamps) > 1)
        assignments = [_assignment(database, name, identities.by_name[name]) for name in config.users]
        clusters[region] = cluster
        databases.append(database)
        resources += [cluster, database, *assignments]
        resources += [diagnostics(cluster, workspace), diagnostics(database, workspace)]
        resources += private_endpoints(cluster, ["redisEnterprise"], doors)
    return Cache(clusters=clusters, resources=tuple(resources))


def _database(cluster: Resource, earlier: list[Resource], *, is_linked: bool) -> Resource:
    own = cluster.inner_id("databases", "default")
    linked: list[Value] = [{"id": known.id} for known in earlier]
    geo: dict[str, Value] = {"groupNickname": _GROUP, "linkedDatabases": [*linked, {"id": own}]}
    return cluster.child(
        "databases",
        "default",
        {
            "accessKeysAuthentication": CLOSED,
            "clientProtocol": "Encrypted",
            "clusteringPolicy": "EnterpriseCluster",
            "evictionPolicy": "VolatileLRU",
            "geoReplication": geo if is_linked else None,
            "port": _PORT,
        },
    )


def _assignment(database: Resource, process: str, identity: Resource) -> Resource:
    user: dict[str, Value] = {"objectId": identity.property("principalId")}
    return database.child(
        "accessPolicyAssignments", process.replace("-", ""), {"accessPolicyName": "default", "user": user}
    )
