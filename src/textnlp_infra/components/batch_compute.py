"""The Batch account: machines that look at rows in containers, none while there is nothing to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.topology.node_pools import CPU_POOL
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import user_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.policies import CLOSED

POOL = "workers"
_ACCOUNT = "Microsoft.Batch/batchAccounts"
_IMAGE: dict[str, Value] = {
    "publisher": "microsoft-dsvm",
    "offer": "ubuntu-hpc",
    "sku": "2204",
    "version": "latest",
}
_NODE_AGENT = "batch.node.ubuntu 22.04"
_TASKS_A_MACHINE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConfig:
    """The pool as it is ordered.

    Attributes:
        most_machines: how far it grows; the subnet has 27 addresses.
    """

    machine_size: str
    most_machines: int
    tasks_a_machine: int = _TASKS_A_MACHINE

    @property
    def formula(self) -> str:
        """How many machines there are: as many as the tasks of the last minutes need, which may all be taken back."""
        return "\n".join(
            (
                "pending = max(0, $PendingTasks.GetSample(TimeInterval_Minute * 5, 0));",
                f"wanted = ceil(pending / {self.tasks_a_machine});",
                "$TargetDedicatedNodes = 0;",
                f"$TargetLowPriorityNodes = min({self.most_machines}, wanted);",
                "$NodeDeallocationOption = taskcompletion;",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchCompute:
    """The account."""

    account: Resource
    resources: tuple[Resource, ...]


def batch_config(environment: Environment) -> BatchConfig:
    """Return the pool of an environment: the machines that validation has in the cluster, too."""
    pool = next(pool for pool in environment.sizes.node_pools if pool.name == CPU_POOL)
    return BatchConfig(machine_size=pool.machine_size, most_machines=min(pool.max_count, 16))


def build_batch_compute(
    config: BatchConfig,
    place: PrivateNetwork,
    *,
    identity: Resource,
    registry: Resource,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> BatchCompute:
    """Build account and pool in the region that serves; machines pull images as `identity`, which may do no more."""
    account = place.stamp.resource(
        _ACCOUNT,
        {
            "poolAllocationMode": "BatchService",
            "allowedAuthenticationModes": ("AAD",),
            "publicNetworkAccess": CLOSED,
        },
        identity=user_assigned(identity),
    )
    endpoints = private_endpoints(account, ["batchAccount", "nodeManagement"], networks)
    pool = Resource(
        type=f"{_ACCOUNT}/pools",
        name=POOL,
        group=account.group,
        parent=account,
        identity=user_assigned(identity),
        properties={
            "vmSize": config.machine_size,
            "taskSlotsPerNode": config.tasks_a_machine,
            "taskSchedulingPolicy": {"nodeFillType": "Pack"},
            "interNodeCommunication": "Disabled",
            "scaleSettings": {"autoScale": {"formula": config.formula, "evaluationInterval": "PT5M"}},
            "deploymentConfiguration": {"virtualMachineConfiguration": _machine(registry, identity)},
            "networkConfiguration": {
                "subnetId": place.network.subnet_id("batch"),
                "publicIPAddressConfiguration": {"provision": "NoPublicIPAddresses"},
            },
        },
    )
    return BatchCompute(account=account, resources=(account, pool, diagnostics(account, workspace), *endpoints))


def _machine(registry: Resource, identity: Resource) -> dict[str, Value]:
    registries: list[Value] = [
        {
            "registryServer": registry.property("loginServer"),
            "identityReference": {"resourceId": identity.id},
        }
    ]
    return {
        "imageReference": _IMAGE,
        "nodeAgentSkuId": _NODE_AGENT,
        "containerConfiguration": {"type": "DockerCompatible", "containerRegistries": registries},
        "nodePlacementConfiguration": {"policy": "Regional"},
        "securityProfile": {"encryptionAtHost": True},
    }
