from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm.expression import written
from textnlp_infra.components.identities import (
    CLUSTER,
    SERVICE_IDENTITIES,
    build_identities,
    process_identities,
    user_assigned,
)
from textnlp_infra.environments import environment
from textnlp_infra.stamp import stamp_of

_DEV = environment("dev")
_IDENTITIES = build_identities(stamp_of(_DEV, _DEV.primary, "foundation"))


def test_every_process_has_an_identity_of_its_own_unless_it_lives_in_another() -> None:
    assert set(process_identities()) == {process.name for process in TOPOLOGY.processes if not process.part_of}
    assert set(_IDENTITIES.by_name) == {*process_identities(), *SERVICE_IDENTITIES}
    assert _IDENTITIES.by_name["api"].name == "id-textnlp-dev-eus2-api"


def test_the_client_id_of_each_is_told_after_deployment() -> None:
    names = [output.name for output in _IDENTITIES.outputs]
    assert {"apiClientId", "batchWorkerClientId", "eventDeliveryClientId"} <= set(names)
    assert len(set(names)) == len(_IDENTITIES.by_name)


def test_a_resource_is_given_identities_by_their_ids() -> None:
    place = "rg-textnlp-dev-eus2-foundation"
    cluster = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-textnlp-dev-eus2-cluster')]"
    assert written(user_assigned(_IDENTITIES.by_name[CLUSTER]), place) == {
        "type": "UserAssigned",
        "userAssignedIdentities": {cluster: {}},
    }
