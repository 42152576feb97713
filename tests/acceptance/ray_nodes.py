"""A Ray cluster of two machines, which are processes of this one."""

import contextlib
import importlib
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

_STORE_BYTES = 300 << 20


@dataclass(frozen=True, slots=True)
class RayNodes:
    """A cluster and its second machine, which can be lost."""

    cluster: Any
    second: Any

    @property
    def address(self) -> str:
        """Where its first machine listens."""
        return str(self.cluster.address)

    def lose_second(self) -> None:
        """End the second machine at once, with all that is in its memory."""
        self.cluster.remove_node(self.second, allow_graceful=False)


@contextlib.contextmanager
def ray_nodes() -> Generator[RayNodes]:
    """Start two machines with a core each, and end what is left of them."""
    testing: Any = importlib.import_module("ray.cluster_utils")
    told = {"num_cpus": 1, "object_store_memory": _STORE_BYTES}
    cluster = testing.Cluster(initialize_head=True, head_node_args={**told, "include_dashboard": False})
    try:
        yield RayNodes(cluster, cluster.add_node(**told))
    finally:
        cluster.shutdown()
