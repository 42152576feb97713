"""Machines: the cluster's node pools, the compute for training, and what a machine of each size holds."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SYSTEM_POOL = "system"
CPU_POOL = "cpu"
GPU_POOL = "gpu"
GPU_SPOT_POOL = "gpuspot"


class PoolMode(StrEnum):
    """Whether a pool carries the cluster's own services or ours."""

    SYSTEM = "System"
    USER = "User"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineSize:
    """What one machine of a size holds, before the cluster keeps its share.

    Attributes:
        name: the size as Azure names it.
        retires_on: first day on which it cannot be had, or None where no date is published.
    """

    name: str
    cpu_count: int
    memory_gib: int
    gpu_count: int = 0
    retires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodePool:
    """Machines of one size in the cluster, between a least and a greatest number.

    Attributes:
        initial_count: machines to begin with; the autoscaler takes over from there.
        subnet: the subnet its machines are in.
        labels: as `key=value`; processes choose a pool by them.
        taints: as `key=value:effect`; what does not tolerate them stays away.
        is_spot: cheaper machines that the provider may take back at any moment.
        max_surge: machines added while an upgrade runs, a number or a percentage.
    """

    name: str
    mode: PoolMode
    machine_size: str
    min_count: int
    initial_count: int
    max_count: int
    subnet: str
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    zones: tuple[str, ...] = ("1", "2", "3")
    is_spot: bool = False
    os_sku: str = "AzureLinux"
    max_surge: str = "33%"

    def __post_init__(self) -> None:
        """Refuse counts out of order."""
        if not 0 <= self.min_count <= self.initial_count <= self.max_count:
            raise ValueError(
                f"node pool '{self.name}': counts {self.min_count}, {self.initial_count}, {self.max_count} must rise"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cluster:
    """The Kubernetes cluster, the same in every region.

    Attributes:
        kubernetes_version: a minor version; patches are followed.
        supported_until: last day of the version's support.
        long_term_supported_until: last day with long-term support.
        pod_cidr, service_cidr: address ranges inside the cluster, the same in every region.
        dns_service_ip: the cluster's name server, inside `service_cidr`.
    """

    kubernetes_version: str
    supported_until: date
    long_term_supported_until: date
    network_plugin: str
    network_plugin_mode: str
    network_dataplane: str
    network_policy: str
    pod_cidr: str
    service_cidr: str
    dns_service_ip: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingCluster:
    """Machines for fine-tuning and for scoring whole datasets, none while nothing runs."""

    name: str
    machine_size: str
    min_count: int
    max_count: int
    idle_seconds_before_scale_down: int


MACHINE_SIZES = (
    MachineSize(name="Standard_D4ds_v5", cpu_count=4, memory_gib=16),
    MachineSize(name="Standard_D8ds_v5", cpu_count=8, memory_gib=32),
    MachineSize(name="Standard_D8s_v5", cpu_count=8, memory_gib=32),
    MachineSize(name="Standard_D16s_v5", cpu_count=16, memory_gib=64),
    MachineSize(name="Standard_NC24ads_A100_v4", cpu_count=24, memory_gib=220, gpu_count=1),
)

CLUSTER = Cluster(
    kubernetes_version="1.36",
    supported_until=date(2027, 6, 30),
    long_term_supported_until=date(2028, 6, 30),
    network_plugin="azure",
    network_plugin_mode="overlay",
    network_dataplane="cilium",
    network_policy="cilium",
    pod_cidr="192.168.0.0/16",
    service_cidr="10.100.0.0/16",
    dns_service_ip="10.100.0.10",
)

NODE_POOLS = (
    NodePool(
        name=SYSTEM_POOL,
        mode=PoolMode.SYSTEM,
        machine_size="Standard_D4ds_v5",
        min_count=3,
        initial_count=3,
        max_count=10,
        subnet="aks-system",
        taints=("CriticalAddonsOnly=true:NoSchedule",),
    ),
    NodePool(
        name=CPU_POOL,
        mode=PoolMode.USER,
        machine_size="Standard_D8ds_v5",
        min_count=3,
        initial_count=3,
        max_count=50,
        subnet="aks-user",
        labels=("workload=cpu",),
    ),
    NodePool(
        name=GPU_POOL,
        mode=PoolMode.USER,
        machine_size="Standard_NC24ads_A100_v4",
        min_count=0,
        initial_count=0,
        max_count=10,
        subnet="aks-user",
        labels=("workload=gpu",),
        taints=("gpu=true:NoSchedule",),
    ),
    NodePool(
        name=GPU_SPOT_POOL,
        mode=PoolMode.USER,
        machine_size="Standard_NC24ads_A100_v4",
        min_count=0,
        initial_count=0,
        max_count=10,
        subnet="aks-user",
        labels=("workload=gpu-spot",),
        taints=("gpu=true:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"),
        is_spot=True,
    ),
)

TRAINING_CLUSTERS = (
    TrainingCluster(
        name="gpu-training",
        machine_size="Standard_NC24ads_A100_v4",
        min_count=0,
        max_count=10,
        idle_seconds_before_scale_down=300,
    ),
    TrainingCluster(
        name="cpu-batch",
        machine_size="Standard_D16s_v5",
        min_count=0,
        max_count=20,
        idle_seconds_before_scale_down=1_800,
    ),
)
