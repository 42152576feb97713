"""How much of each meter an environment uses in a month, at low, expected and high load."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import NodePool
from textnlp.topology.regions import Region
from textnlp_infra.components.gateway import gateway_config
from textnlp_infra.cost.reservation import planned_reservations
from textnlp_infra.environments import Environment

HOURS = 730
"""Hours of a month, as Azure's own calculator counts them."""

REQUESTS = (1_000_000, 10_000_000, 100_000_000)
"""Calls in a month at low, expected and high load; assumed, as are the two below."""

KILOBYTES_A_REQUEST = 10
BUSY_HOURS = 8 * 30
"""Hours in a month in which a pool that starts from zero has one machine, at expected load."""

NOT_ESTIMATED = (
    "tokens of models",
    "stored data and its copies",
    "disks and backups",
    "private endpoints and addresses",
    "egress between regions",
    "functions and workflows",
    "Batch, training and one-off jobs",
    "Defender and Sentinel",
)
"""What is paid besides and has no quantity here."""

_DAYS = 30
_MINUTES_A_DAY = 24 * 60
_EXPECTED_CAP_PERCENT = 20
_KILOBYTES_A_GIGABYTE = 1_000_000
_REQUESTS_A_UNIT = 10_000
_CAPACITY_UNITS_AN_INSTANCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Units of a meter at each load.

    Attributes:
        reserved: units of them that the declared reservations pay for.
        is_spot: bought where it may be taken back.
    """

    component: str
    meter: str
    low: Decimal
    expected: Decimal
    high: Decimal
    reserved: Decimal = Decimal()
    is_spot: bool = False


def quantities(environment: Environment) -> tuple[Quantity, ...]:
    """Return what an environment uses, the standby regions included."""
    return (*_edge(environment), *_clusters(environment), *_services(environment))


def _flat(component: str, meter: str, count: int) -> Quantity:
    return _ranged(component, meter, (count, count, count))


def _ranged(component: str, meter: str, counts: tuple[int, int, int]) -> Quantity:
    low, expected, high = (Decimal(count) for count in counts)
    return Quantity(component=component, meter=meter, low=low, expected=expected, high=high)


def _edge(environment: Environment) -> Iterator[Quantity]:
    regions = len(environment.regions)
    sizes = environment.sizes
    low, expected, high = REQUESTS if environment.is_production else (REQUESTS[0] // 10,) * 3
    yield _flat("front-door", "front-door/premium month", 1)
    units = tuple(count // _REQUESTS_A_UNIT for count in (low, expected, high))
    yield _ranged("front-door", "front-door/10,000 requests", (units[0], units[1], units[2]))
    sent = tuple(count * KILOBYTES_A_REQUEST // _KILOBYTES_A_GIGABYTE for count in (low, expected, high))
    yield _ranged("front-door", "front-door/outbound GB", (sent[0], sent[1], sent[2]))
    yield _flat("application-gateway", "application-gateway/WAF_v2 hour", regions * HOURS)
    least, most = (count * _CAPACITY_UNITS_AN_INSTANCE * regions * HOURS for count in sizes.application_gateway_units)
    yield _ranged("application-gateway", "application-gateway/capacity unit hour", (least, least, most))
    config = gateway_config(environment)
    standby = config.standby_units * (regions - 1)
    most_units = config.scales_to or config.units
    counts = (config.units + standby, config.units + standby, most_units + standby)
    yield _ranged("gateway", f"gateway/{config.tier} unit month", counts)


def _clusters(environment: Environment) -> Iterator[Quantity]:
    yield _flat("cluster", f"cluster/{environment.sizes.cluster_tier} hour", len(environment.regions) * HOURS)
    left = {(item.region, item.sku): item.quantity for item in planned_reservations(environment, TOPOLOGY.cost)}
    for region in environment.regions:
        for pool in environment.sizes.node_pools:
            key = region.name, pool.machine_size
            own = 0 if pool.is_spot else min(left.get(key, 0), pool.min_count)
            left[key] = left.get(key, 0) - own
            if region is environment.primary or pool.min_count:
                yield _pool(pool, region, environment, reserved=own)


def _hours_on(environment: Environment) -> int:
    """Return the hours of a month in which what is switched off at night runs."""
    off = TOPOLOGY.cost.off_minutes if environment.shuts_down else 0
    return HOURS * (_MINUTES_A_DAY - off) // _MINUTES_A_DAY


def _pool(pool: NodePool, region: Region, environment: Environment, *, reserved: int) -> Quantity:
    """Return the hours of a pool's machines in a region; only the one that serves has more than the fewest."""
    hours, serves = _hours_on(environment), int(region is environment.primary)
    steady = pool.min_count * hours
    expected = (pool.initial_count - pool.min_count) * hours if pool.initial_count else min(BUSY_HOURS, hours)
    return Quantity(
        component=f"pool {pool.name}" if serves else f"pool {pool.name}, standby",
        meter=f"machine/{region.name}/{pool.machine_size} hour",
        low=Decimal(steady),
        expected=Decimal(steady + expected * serves),
        high=Decimal(steady + (pool.max_count - pool.min_count) * hours * serves),
        reserved=Decimal(reserved * HOURS),
        is_spot=pool.is_spot,
    )


def _services(environment: Environment) -> Iterator[Quantity]:
    sizes, regions = environment.sizes, len(environment.regions)
    servers = regions + (1 if sizes.database.high_availability != "Disabled" else 0)
    yield _flat("database", f"database/{sizes.database.machine_size} hour", servers * _hours_on(environment))
    yield _flat("cache", f"cache/{sizes.cache} hour", regions * HOURS)
    yield _flat("gateway-cache", f"cache/{sizes.semantic_cache} hour", HOURS)
    yield _flat("messages", "messages/premium unit hour", sizes.message_units * HOURS)
    cap = sizes.log_daily_cap_gigabytes * _DAYS
    expected = cap * _EXPECTED_CAP_PERCENT // 100
    yield _ranged("logs", "logs/ingested GB", (expected // 4, expected, cap))
