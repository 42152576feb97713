"""Whether every process finds what it names, and every queue and prefix a process."""

from collections.abc import Collection, Iterator

from textnlp.topology.declaration import Topology
from textnlp.topology.node_pools import NodePool
from textnlp.topology.processes import Process
from textnlp.topology.queues import Topic
from textnlp.topology.scopes import PermissionKind
from textnlp.topology.services import DATABASE

_MILLIS = 1_000
_MIB = 1_024


def process_problems(topology: Topology) -> Iterator[str]:
    """Yield what processes name that does not exist, what nobody serves, and replicas that fit no machine."""
    entities = topology.entities()
    known: dict[str, Collection[str]] = {
        "receives": {name for name, entity in entities.items() if not isinstance(entity, Topic)},
        "sends": {queue.name for queue in topology.queues},
        "scales_on": {queue.name for queue in topology.queues},
        "publishes": {event.name for event in topology.event_types},
        "reads": topology.prefixes(),
        "writes": topology.prefixes(),
        "reads_records": {record.name for record in topology.records},
        "writes_records": {record.name for record in topology.records},
        "uses": {service.name for service in topology.services},
        "secrets": {secret.name for secret in topology.secrets if secret.is_kept},
        "roles": {p.value for p in topology.permissions if p.kind is PermissionKind.ROLE},
    }
    for process in topology.processes:
        for field, names in known.items():
            named: tuple[str, ...] = getattr(process, field)
            for name in named:
                if name not in names:
                    yield f"process '{process.name}': {field} names '{name}', which is not declared"
        if process.host not in known["uses"]:
            yield f"process '{process.name}': runs on '{process.host}', which is no declared service"
        yield from _placement_problems(topology, process)
    yield from _job_and_share_problems(topology)
    yield from _connection_problems(topology)
    yield from _unserved(topology)


def _connection_problems(topology: Topology) -> Iterator[str]:
    for process in topology.processes:
        if (DATABASE in process.uses) != bool(process.database_connections):
            yield f"process '{process.name}': uses '{DATABASE}' and database_connections come together"
    server = topology.database_server
    there = server.max_connections - server.reserved_connections
    asked = sum(process.max_replicas * process.database_connections for process in topology.processes)
    if asked > there:
        yield f"database: all replicas together open {asked} connections, the server has {there} for them"


def _job_and_share_problems(topology: Topology) -> Iterator[str]:
    images = {process.name: process.images for process in topology.processes}
    for job in topology.one_off_jobs:
        if not images.get(job.process):
            yield f"one-off job '{job.name}': there is no process '{job.process}' with an image"
    for share in topology.file_shares:
        for name in share.read_by:
            if not images.get(name):
                yield f"file share '{share.name}': there is no process '{name}' with an image to mount it in"


def _placement_problems(topology: Topology, process: Process) -> Iterator[str]:
    label = f"process '{process.name}'"
    if process.part_of is not None and process.part_of not in {other.name for other in topology.processes}:
        yield f"{label}: is part of '{process.part_of}', which is not declared"
    for queue in process.scales_on:
        if queue not in process.receives:
            yield f"{label}: scales on '{queue}', which it does not receive"
    if bool(process.scales_on) != bool(process.messages_per_replica):
        yield f"{label}: scales_on and messages_per_replica come together"
    if process.pool is None:
        return
    ports = {service.name: service.ports for service in topology.services}
    for name in process.uses:
        if name in ports and not ports[name]:
            yield f"{label}: uses '{name}', which has no port to be called at"
    pools = {pool.name: pool for pool in topology.node_pools}
    if process.pool not in pools:
        yield f"{label}: there is no node pool '{process.pool}'"
        return
    yield from _size_problems(topology, process, pools[process.pool])


def _size_problems(topology: Topology, process: Process, pool: NodePool) -> Iterator[str]:
    sizes = {size.name: size for size in topology.machine_sizes}
    size, needs = sizes.get(pool.machine_size), process.resources
    if size is None or needs is None:
        return
    held = {
        "cpu_limit_millis": (needs.cpu_limit_millis, size.cpu_count * _MILLIS),
        "memory_limit_mib": (needs.memory_limit_mib, size.memory_gib * _MIB),
        "gpu_count": (needs.gpu_count, size.gpu_count),
    }
    for field, (wanted, there) in held.items():
        if wanted > there:
            yield f"process '{process.name}': {field} is {wanted}, a machine of pool '{pool.name}' has {there}"


def _unserved(topology: Topology) -> Iterator[str]:
    """Yield queues that nobody fills or empties, prefixes that nobody writes, and machines of unknown size."""
    processes = topology.processes
    filled = {name for process in processes for name in process.sends}
    filled |= {route.destination for route in topology.event_routes}
    emptied = {name for process in processes for name in process.receives}
    for name, entity in topology.entities().items():
        if "/" not in name and name not in filled:
            yield f"entity '{name}': no process sends to it and no event route leads there"
        if not isinstance(entity, Topic) and name not in emptied:
            yield f"entity '{name}': no process receives from it"
    written = {prefix for process in processes for prefix in process.writes}
    for prefix in topology.prefixes():
        if prefix not in written:
            yield f"prefix '{prefix}': no process writes it"
    sizes = {size.name for size in topology.machine_sizes}
    for pool in (*topology.node_pools, *topology.training_clusters):
        if pool.machine_size not in sizes:
            yield f"node pool or training cluster '{pool.name}': there is no machine size '{pool.machine_size}'"
