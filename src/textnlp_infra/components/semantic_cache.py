"""The cache in which API Management finds answers to questions of the same meaning."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp_infra.arm import Resource, call, concat
from textnlp_infra.components.gateway import Gateway
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.policies import CLOSED, KEYED_CACHE, MINIMUM_TLS
from textnlp_infra.stamp import Stamp

_CLUSTER = "Microsoft.Cache/redisEnterprise"
_PORT = 10_000
_EVERYWHERE = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticCacheConfig:
    """How large it is."""

    size: str
    has_standby: bool


def semantic_cache_config(environment: Environment) -> SemanticCacheConfig:
    """Return the cache of an environment."""
    sizes = environment.sizes
    return SemanticCacheConfig(size=sizes.semantic_cache, has_standby=sizes.is_zone_redundant)


def build_semantic_cache(
    config: SemanticCacheConfig,
    stamp: Stamp,
    *,
    gateway: Gateway,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> tuple[Resource, ...]:
    """Build the cache, apart from that of the processes, as search takes no other eviction than none.

    API Management knows no other way into it than a key: of all services, only this cache has one. Resource Manager
    hands it over while it deploys; it stands in no template and no vault.
    """
    cluster = stamp.resource(
        _CLUSTER,
        {
            "highAvailability": "Enabled" if config.has_standby else "Disabled",
            "minimumTlsVersion": MINIMUM_TLS,
            "publicNetworkAccess": CLOSED,
        },
        part=KEYED_CACHE,
        sku={"name": config.size},
    )
    database = cluster.child(
        "databases",
        "default",
        {
            "accessKeysAuthentication": "Enabled",
            "clientProtocol": "Encrypted",
            "clusteringPolicy": "EnterpriseCluster",
            "evictionPolicy": "NoEviction",
            "modules": [{"name": "RediSearch"}],
            "port": _PORT,
        },
    )
    key = call("listKeys", database.id, database.api_version).property("primaryKey")
    connection = concat(cluster.property("hostName"), f":{_PORT},password=", key, ",ssl=True,abortConnect=False")
    return (
        cluster,
        database,
        *(diagnostics(target, workspace) for target in (cluster, database)),
        *private_endpoints(cluster, ["redisEnterprise"], networks),
        gateway.service.child("caches", _EVERYWHERE, {"connectionString": connection, "useFromLocation": _EVERYWHERE}),
    )
