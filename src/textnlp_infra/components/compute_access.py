"""Access to what computes: models, images, and the rights of what serves processes inside the cluster."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.processes import Process
from textnlp_infra.arm import Resource
from textnlp_infra.components.identities import BATCH_POOL, CLUSTER_GATEWAY, SCALER, Identities
from textnlp_infra.components.messages import Messages
from textnlp_infra.components.models import Models
from textnlp_infra.components.vaults import Vault
from textnlp_infra.roles import Role, assign_role

WATCHES_DEAD_LETTERS = "watch-dead-letters"
"""The timer that asks for it."""

_RUNS_ONCE = frozenset(job.process for job in TOPOLOGY.one_off_jobs)
_Grant = tuple[str, Role, Resource]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComputeReached:
    """What roles are given on.

    Attributes:
        models, vaults: by region.
    """

    models: Mapping[str, Models]
    vaults: Mapping[str, Vault]
    messages: Messages
    registry: Resource


def build_compute_access(identities: Identities, reached: ComputeReached) -> tuple[Resource, ...]:
    """Return the roles, each on one resource."""
    grants = [
        *(grant for process in TOPOLOGY.processes for grant in _of_process(process, reached)),
        *_of_services(reached),
    ]
    return tuple(assign_role(role, scope, to=identities.by_name[name]) for name, role, scope in grants)


def _of_process(process: Process, reached: ComputeReached) -> Iterator[_Grant]:
    """Who looks at the dead letters of every queue by the clock must receive from the whole namespace."""
    if services.MODEL_SERVICE in process.uses:
        for models in reached.models.values():
            yield process.name, Role.MODEL_USER, models.account
            yield process.name, Role.COGNITIVE_USER, models.safety
    if process.host == services.JOBS or process.name in _RUNS_ONCE:
        yield process.name, Role.ACR_PULL, reached.registry
    if WATCHES_DEAD_LETTERS in dict(process.timers):
        yield process.name, Role.MESSAGE_RECEIVER, reached.messages.namespace


def _of_services(reached: ComputeReached) -> Iterator[_Grant]:
    """The autoscaler counts messages, for which Service Bus asks for the right to manage a queue."""
    counted = dict.fromkeys(queue for process in TOPOLOGY.processes for queue in process.scales_on)
    for queue in counted:
        yield SCALER, Role.MESSAGE_OWNER, reached.messages.entities[queue]
    for vault in reached.vaults.values():
        yield CLUSTER_GATEWAY, Role.CERTIFICATE_USER, vault.vault
    yield BATCH_POOL, Role.ACR_PULL, reached.registry
