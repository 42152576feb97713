"""Processes: what runs, on what, and all that each may receive, send, read and write."""

from dataclasses import dataclass

from textnlp.topology.services import CLUSTER_SERVICE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resources:
    """What one replica asks for, and what it is held to."""

    cpu_millis: int
    cpu_limit_millis: int
    memory_mib: int
    memory_limit_mib: int
    gpu_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probe:
    """A question that a healthy replica answers with 200."""

    path: str
    initial_delay_seconds: int
    period_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Process:
    """A process, with everything it touches; what is not named here it must not reach.

    Attributes:
        does: its task.
        host: the service that carries it.
        images: the container images its replicas run, the process's own first.
        pool: the node pool, for a process of the cluster.
        part_of: the process it lives in, sharing its replicas and identity, or None.
        port: where it listens, or None.
        min_replicas, max_replicas: replicas at rest and at most.
        scales_on: queues whose messages call for more replicas; empty where load does.
        messages_per_replica: how many messages may wait for each replica before there is another one.
        drain_seconds: how long a replica that is told to stop may take to finish or give back what it holds.
        database_connections: how many connections to the database a replica opens at most; 0 where it has none.
        timers: name and schedule (second, minute, hour, day, month, weekday) of what it does by the clock.
        receives: queues and `topic/subscription`s it takes messages from.
        sends: queues it sends to.
        publishes: event types it publishes.
        reads, writes: prefixes of blobs.
        reads_records, writes_records: records of the database.
        uses: services it calls.
        secrets: names in the vault it may read.
        roles: application roles its identity holds on the platform's own API.
    """

    name: str
    does: str
    host: str
    images: tuple[str, ...] = ()
    pool: str | None = None
    part_of: str | None = None
    port: int | None = None
    min_replicas: int = 0
    max_replicas: int = 1
    scales_on: tuple[str, ...] = ()
    messages_per_replica: int | None = None
    resources: Resources | None = None
    liveness: Probe | None = None
    readiness: Probe | None = None
    drain_seconds: int = 30
    database_connections: int = 0
    timers: tuple[tuple[str, str], ...] = ()
    receives: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads_records: tuple[str, ...] = ()
    writes_records: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a process of the cluster that no machine could carry."""
        label = f"process '{self.name}'"
        if not 0 <= self.min_replicas <= self.max_replicas:
            raise ValueError(f"{label}: replicas {self.min_replicas} to {self.max_replicas} must rise")
        if self.host == CLUSTER_SERVICE and self.part_of is None and (self.pool is None or self.resources is None):
            raise ValueError(f"{label}: runs in the cluster, so it needs a pool and resources")
        size = self.resources
        if size and (size.cpu_millis > size.cpu_limit_millis or size.memory_mib > size.memory_limit_mib):
            raise ValueError(f"{label}: asks for more than its limit")
