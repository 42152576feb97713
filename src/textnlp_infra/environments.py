"""Environments: how large each platform is built; what is not said here is as the topology declares it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from textnlp.domain.errors import invalid_input
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.database import DatabaseServer
from textnlp.topology.node_pools import NodePool, PoolMode
from textnlp.topology.regions import Region
from textnlp_infra.naming import require_suffix

_MOST_DEVELOPMENT_MACHINES = 3
_DOMAIN = "textnlp.com"
_HOST = re.compile(r"(?=.{4,64}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,}")
"""A name below a domain; the domain itself cannot be an alias of Front Door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Tiers and counts of everything that is paid by its size, as Azure names them.

    Attributes:
        database: the server as it is ordered and set.
        cache, semantic_cache: sizes of the two Managed Redis.
        message_units: messaging units of the Service Bus namespace.
        gateway, gateway_units: tier and units of API Management.
        application_gateway_units: least and greatest number of capacity units.
        node_pools: pools of the cluster.
        cluster_tier: tier of the cluster's control plane.
        model_percent: part of each declared model capacity that is ordered.
        is_zone_redundant: whether what can be spread over zones is.
        storage_redundancy: redundancy by declared storage account.
        log_daily_cap_gigabytes, log_retention_days: of the workspace.
    """

    database: DatabaseServer
    cache: str
    semantic_cache: str
    message_units: int
    gateway: str
    gateway_units: int
    application_gateway_units: tuple[int, int]
    node_pools: tuple[NodePool, ...]
    cluster_tier: str
    model_percent: int
    is_zone_redundant: bool
    storage_redundancy: tuple[tuple[str, str], ...]
    log_daily_cap_gigabytes: int
    log_retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A whole platform of its own.

    Attributes:
        regions: where it is built, the primary region first.
        namespace: where its processes are in the cluster.
        shuts_down: it is off during the declared hours.
        host: the name its callers use, for which the certificate in its vaults is made out.
        optional_services: those of the declared services that may be left out which it has.
        suffix: end of the names that must be unique on all of Azure; at most four lower case letters and digits.
    """

    name: str
    namespace: str
    is_production: bool
    shuts_down: bool
    regions: tuple[Region, ...]
    sizes: Sizes
    host: str
    optional_services: frozenset[str] = frozenset()
    suffix: str = ""

    def __post_init__(self) -> None:
        """Refuse a suffix that names cannot end with, a host that is no name, and services that are not optional."""
        require_suffix(self.suffix)
        if not _HOST.fullmatch(self.host):
            raise invalid_input(f"host '{self.host}' is no name; write one in lower case, api.example.com say")
        optional = {service.name for service in TOPOLOGY.services if service.is_optional}
        for name in sorted(self.optional_services - optional):
            raise invalid_input(f"'{name}' is no optional service; these are: {', '.join(sorted(optional))}")

    @property
    def primary(self) -> Region:
        """The region that serves."""
        return self.regions[0]


def _service(name: str) -> tuple[str, int]:
    service = TOPOLOGY.service(name)
    return service.tier, service.capacity or 0


_PRODUCTION = Sizes(
    database=TOPOLOGY.database_server,
    cache=_service("cache")[0],
    semantic_cache=_service("semantic-cache")[0],
    message_units=_service("messages")[1],
    gateway=_service("gateway")[0],
    gateway_units=_service("gateway")[1],
    application_gateway_units=(_service("application-gateway")[1], 10),
    node_pools=TOPOLOGY.node_pools,
    cluster_tier=_service("cluster")[0],
    model_percent=100,
    is_zone_redundant=True,
    storage_redundancy=tuple((account.name, account.redundancy) for account in TOPOLOGY.storage_accounts),
    log_daily_cap_gigabytes=TOPOLOGY.log_daily_cap_gigabytes,
    log_retention_days=TOPOLOGY.log_retention_days,
)

_DEVELOPMENT = Sizes(
    database=replace(
        TOPOLOGY.database_server,
        machine_size="Standard_D2ds_v5",
        memory_gib=8,
        storage_gib=64,
        high_availability="Disabled",
        point_in_time_days=7,
        has_geo_backup=False,
        max_connections=200,
        shared_buffers_pages=262_144,
        parameters=(
            ("effective_cache_size", "786432"),
            ("maintenance_work_mem", "131072"),
            ("require_secure_transport", "on"),
            ("ssl_min_protocol_version", "TLSv1.2"),
            ("work_mem", "8192"),
        ),
    ),
    cache="Balanced_B1",
    semantic_cache="Balanced_B1",
    message_units=1,
    gateway="Developer",
    gateway_units=1,
    application_gateway_units=(0, 2),
    node_pools=tuple(
        replace(
            pool,
            min_count=1 if pool.mode is PoolMode.SYSTEM else 0,
            initial_count=1 if pool.mode is PoolMode.SYSTEM else 0,
            max_count=_MOST_DEVELOPMENT_MACHINES,
        )
        for pool in TOPOLOGY.node_pools
    ),
    cluster_tier="Free",
    model_percent=10,
    is_zone_redundant=False,
    storage_redundancy=tuple((account.name, "Standard_LRS") for account in TOPOLOGY.storage_accounts),
    log_daily_cap_gigabytes=5,
    log_retention_days=30,
)

ENVIRONMENTS = tuple(
    Environment(
        name=declared.name,
        namespace=declared.namespace,
        is_production=declared.is_production,
        shuts_down=declared.shuts_down,
        regions=TOPOLOGY.regions[: declared.region_count],
        sizes=_PRODUCTION if declared.is_production else _DEVELOPMENT,
        host=f"api.{_DOMAIN}" if declared.is_production else f"api.{declared.name}.{_DOMAIN}",
    )
    for declared in TOPOLOGY.environments
)


def environment(name: str, *, suffix: str = "", host: str = "", optional_services: Iterable[str] = ()) -> Environment:
    """Find an environment; raise `TextNLPError` for what there is not.

    Args:
        name: as the topology declares it.
        suffix: end of its global names.
        host: the name that its callers use, in the place of the declared one.
        optional_services: what it has of the services that may be left out.
    """
    for known in ENVIRONMENTS:
        if known.name == name:
            return replace(
                known, suffix=suffix, host=host or known.host, optional_services=frozenset(optional_services)
            )
    names = ", ".join(known.name for known in ENVIRONMENTS)
    raise invalid_input(f"there is no environment '{name}'; there are {names}")
