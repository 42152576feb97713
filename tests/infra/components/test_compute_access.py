from tests.infra.estate_parts import faults
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import MODEL_SERVICE
from textnlp_infra.arm import Resource
from textnlp_infra.arm.expression import written
from textnlp_infra.components.compute_access import ComputeReached, build_compute_access
from textnlp_infra.environments import environment
from textnlp_infra.roles import Role
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform

_PROD = environment("prod")
_FOUNDATION = build_foundation(_PROD)
_PLATFORM = build_platform(_PROD, _FOUNDATION)
_GRANTS = build_compute_access(
    _FOUNDATION.identities,
    ComputeReached(
        models=_PLATFORM.compute.models,
        vaults=_FOUNDATION.vaults,
        messages=_PLATFORM.messages,
        registry=_FOUNDATION.registry.registry,
    ),
)


def _held(name: str) -> set[tuple[Role, str]]:
    identity = _FOUNDATION.identities.by_name[name]
    return {
        (_role(grant), str(grant.scope and grant.scope.name)) for grant in _GRANTS if identity in list(grant.uses())
    }


def _role(grant: Resource) -> Role:
    definition = str(written((grant.properties or {})["roleDefinitionId"], None))
    return next(role for role in Role if role.value in definition)


def test_whoever_uses_models_asks_those_of_every_region_and_nobody_else_does() -> None:
    for process in TOPOLOGY.processes:
        if process.part_of is None:
            asked = {name for role, name in _held(process.name) if role is Role.MODEL_USER}
            wanted = {"aif-textnlp-prod-eus2", "aif-textnlp-prod-cus"} if MODEL_SERVICE in process.uses else set[str]()
            assert asked == wanted


def test_the_autoscaler_manages_the_queues_that_processes_scale_on_and_no_other() -> None:
    scaled = {queue for process in TOPOLOGY.processes for queue in process.scales_on}
    assert _held("scaler") == {(Role.MESSAGE_OWNER, queue) for queue in scaled}


def test_the_gateway_of_a_cluster_reads_certificates() -> None:
    assert _held("cluster-gateway") == {
        (Role.CERTIFICATE_USER, "kv-nlp-prod-eus2"),
        (Role.CERTIFICATE_USER, "kv-nlp-prod-cus"),
    }


def test_jobs_and_the_machines_of_the_pool_pull_images() -> None:
    assert _held("migrations") == _held("operations") == {(Role.ACR_PULL, "crtextnlpprodeus2")}
    assert _held("batch-pool") == {(Role.ACR_PULL, "crtextnlpprodeus2")}


def test_functions_look_at_the_dead_letters_of_every_queue() -> None:
    assert (Role.MESSAGE_RECEIVER, "sbns-textnlp-prod-eus2") in _held("functions")


def test_the_published_types_find_nothing() -> None:
    assert faults(_GRANTS) == []
