"""The cluster's pools of machines, as they are ordered."""

import re

from textnlp.topology.node_pools import NodePool
from textnlp_infra.arm import Value
from textnlp_infra.components.private_names import PrivateNetwork

_MAX_PODS = 110
_HIGHEST_SPOT_PRICE = -1
"""The price of a machine that is not taken back."""
_LOCAL_DISK = re.compile(r"Standard_[A-Z]+\d+[a-z]*d")
"""Sizes with a disk of their own have a `d` among the letters after the number of their processors."""


def agent_pool(pool: NodePool, place: PrivateNetwork) -> dict[str, Value]:
    """Return a pool as the cluster takes it; the autoscaler keeps its machines between the least and greatest number.

    Machines have no public address and no door for SSH, and encrypt what they write.
    """
    labels = dict(label.split("=", 1) for label in pool.labels)
    return {
        "name": pool.name,
        "mode": pool.mode.value,
        "type": "VirtualMachineScaleSets",
        "vmSize": pool.machine_size,
        "osType": "Linux",
        "osSKU": pool.os_sku,
        "osDiskType": "Ephemeral" if _LOCAL_DISK.match(pool.machine_size) else "Managed",
        "count": pool.initial_count,
        "minCount": pool.min_count,
        "maxCount": pool.max_count,
        "enableAutoScaling": True,
        "maxPods": _MAX_PODS,
        "availabilityZones": pool.zones if place.stamp.zones else None,
        "vnetSubnetID": place.network.subnet_id(pool.subnet),
        "enableNodePublicIP": False,
        "enableEncryptionAtHost": True,
        "nodeLabels": labels or None,
        "nodeTaints": pool.taints or None,
        "securityProfile": {"sshAccess": "Disabled"},
        **_priority(pool),
    }


def _priority(pool: NodePool) -> dict[str, Value]:
    """Machines that may be taken back take no surge: whatever runs there starts again elsewhere anyway."""
    if pool.is_spot:
        return {"scaleSetPriority": "Spot", "scaleSetEvictionPolicy": "Delete", "spotMaxPrice": _HIGHEST_SPOT_PRICE}
    return {
        "scaleSetPriority": "Regular",
        "upgradeSettings": {"maxSurge": pool.max_surge, "drainTimeoutInMinutes": 30},
    }
