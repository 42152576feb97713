"""What a number of rows a month asks of each stage, from measured costs, stated assumptions and the declaration."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import CPU_POOL, GPU_SPOT_POOL, NodePool
from textnlp.topology.processes import Process
from textnlp_infra.components.gateway import gateway_config
from textnlp_infra.cost.estimate import estimate
from textnlp_infra.cost.price import MeterPrice
from textnlp_infra.cost.quantity import HOURS, quantities
from textnlp_infra.environments import environment

SECONDS = HOURS * 3600
_MILLIS = 1_000
_KILOBYTES_A_GIGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """CPU seconds for 1,000 rows of a batch, for 1,000 validated rows and 1,000 calls, and kilobytes of 1,000 rows."""

    measured_on: str
    batch_cpu_seconds: float
    validation_cpu_seconds: float
    call_cpu_seconds: float
    stored_kilobytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What was not measured here.

    Attributes:
        prompt_tokens, answer_tokens: of a row.
        machine_tokens_per_second: tokens of answers that one A100 writes with vLLM and a model of some 8 billion
            parameters.
        used_share: part of the time in which what scales is at work.
        call_percent: rows that are calls of their own; the others come in batches.
        peak: the busiest second's calls to those of the mean.
        unit_calls_per_second: calls that a unit of the gateway takes with its policies.
        message_unit_per_second: messages that a unit of Service Bus Premium takes.
        bytes_a_token: of text.
        copies: of an answer's text: ledger, JSON Lines, Parquet.
    """

    prompt_tokens: int = 150
    answer_tokens: int = 250
    machine_tokens_per_second: int = 2_500
    used_share: float = 0.7
    call_percent: int = 1
    peak: int = 3
    unit_calls_per_second: int = 1_000
    message_unit_per_second: int = 1_000
    bytes_a_token: int = 4
    copies: int = 3


ASSUMED = Assumptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a stage needs, of what, and how much of it the declaration allows."""

    name: str
    unit: str
    needed: int
    declared: int
    used: float

    @property
    def is_beyond(self) -> bool:
        """Whether more is needed than may be."""
        return self.needed > self.declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a number of rows a month needs.

    Attributes:
        known_cost, spot_cost: a month's known cost with the GPU machines paid as they go, and as Spot.
    """

    rows: int
    tokens: int
    stored_gigabytes: float
    stages: tuple[Stage, ...]
    known_cost: Decimal
    spot_cost: Decimal

    @property
    def bottleneck(self) -> Stage:
        """The stage that is nearest to what it may have, or furthest beyond."""
        return max(self.stages, key=lambda stage: stage.used)


def plan(rows: int, rates: Rates, prices: Mapping[str, MeterPrice], assumed: Assumptions = ASSUMED) -> Plan:
    """Return what `rows` a month need."""
    stored = rows / 1000 * rates.stored_kilobytes
    stored += rows * assumed.answer_tokens * assumed.bytes_a_token * assumed.copies / 1000
    stages = (*_gateway(rows, rates, assumed), *_workers(rows, rates, assumed))
    needed = {stage.name: stage for stage in stages}
    connections = sum(
        stage.needed * process.database_connections
        for process in TOPOLOGY.processes
        if (stage := needed.get(process.name))
    )
    stages = (*stages, *_shared(rows, rates, assumed, connections))
    pods = {name: needed[name].needed for name in ("batch-worker", "validation-worker", "api")}
    units = needed["API Management"].needed
    return Plan(
        rows=rows,
        tokens=rows * (assumed.prompt_tokens + assumed.answer_tokens),
        stored_gigabytes=stored / _KILOBYTES_A_GIGABYTE,
        stages=stages,
        known_cost=_cost(pods, units, needed["batch-worker"].used, prices, is_spot=False),
        spot_cost=_cost(pods, units, needed["batch-worker"].used, prices, is_spot=True),
    )


def _process(name: str) -> Process:
    return next(process for process in TOPOLOGY.processes if process.name == name)


def _cores(process: Process) -> float:
    if process.resources is None:
        raise ValueError(f"process '{process.name}' declares no resources")
    return process.resources.cpu_millis / _MILLIS


def _pool(name: str) -> NodePool:
    return next(pool for pool in TOPOLOGY.node_pools if pool.name == name)


def _stage(name: str, unit: str, load: float, declared: int, *, least: int = 1) -> Stage:
    """Return a stage that needs `load` units, all of them at work."""
    return Stage(name=name, unit=unit, needed=max(math.ceil(load), least), declared=declared, used=load / declared)


def _gateway(rows: int, rates: Rates, assumed: Assumptions) -> tuple[Stage, Stage]:
    calls = rows * assumed.call_percent / 100 / SECONDS * assumed.peak
    config = gateway_config(environment("prod"))
    api = _process("api")
    pods = calls * rates.call_cpu_seconds / 1000 / (_cores(api) * assumed.used_share)
    return (
        _stage(
            "API Management",
            "units",
            calls / assumed.unit_calls_per_second,
            config.scales_to or config.units,
            least=config.units,
        ),
        _stage("api", "pods", pods, api.max_replicas, least=api.min_replicas),
    )


def _workers(rows: int, rates: Rates, assumed: Assumptions) -> tuple[Stage, Stage]:
    batch, validation = _process("batch-worker"), _process("validation-worker")
    machines = rows * assumed.answer_tokens / assumed.machine_tokens_per_second / SECONDS / assumed.used_share
    checks = rows / 1000 * rates.validation_cpu_seconds / SECONDS / (_cores(validation) * assumed.used_share)
    most = min(batch.max_replicas, _pool(GPU_SPOT_POOL).max_count)
    return (
        _stage("batch-worker", "pods, one A100 each", machines, most),
        _stage("validation-worker", "pods", checks, validation.max_replicas),
    )


def _shared(rows: int, rates: Rates, assumed: Assumptions, connections: int) -> tuple[Stage, Stage, Stage]:
    server = TOPOLOGY.database_server
    size = next(size for size in TOPOLOGY.machine_sizes if size.name == server.machine_size)
    cpu = rows / 1000 * rates.batch_cpu_seconds / SECONDS / assumed.used_share
    messages = 2 * rows / TOPOLOGY.limits.slice_rows + 2 * rows * assumed.call_percent / 100
    units = messages / SECONDS * assumed.peak / assumed.message_unit_per_second
    there = server.max_connections - server.reserved_connections
    return (
        _stage("database", "cores, were all of a row's time its own", cpu, size.cpu_count),
        _stage("database", "connections", connections, there),
        _stage("Service Bus", "messaging units", units, environment("prod").sizes.message_units),
    )


def _cost(
    pods: Mapping[str, int], units: int, used: float, prices: Mapping[str, MeterPrice], *, is_spot: bool
) -> Decimal:
    """Return the known cost of what always runs, and of what comes on top: GPU machines for the time they are there."""
    prod = environment("prod")
    base = estimate(quantities(prod), prices, TOPOLOGY.cost).total("low")
    region = prod.primary.name
    spot, cpu = _pool(GPU_SPOT_POOL), _pool(CPU_POOL)
    gpu = prices[f"machine/{region}/{spot.machine_size} hour"]
    price = gpu.spot if is_spot else gpu.pay_as_you_go
    hours = Decimal(round(used * _process("batch-worker").max_replicas * HOURS))
    cores = sum(pods[name] * _cores(_process(name)) for name in ("api", "validation-worker"))
    size = next(size for size in TOPOLOGY.machine_sizes if size.name == cpu.machine_size)
    machines = max(math.ceil(cores / size.cpu_count) - cpu.min_count, 0)
    more = prices[f"machine/{region}/{cpu.machine_size} hour"].pay_as_you_go or Decimal()
    config = gateway_config(prod)
    unit = prices[f"gateway/{config.tier} unit month"].pay_as_you_go or Decimal()
    return base + hours * (price or Decimal()) + machines * HOURS * more + (units - config.units) * unit
