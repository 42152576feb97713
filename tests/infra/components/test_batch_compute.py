from typing import Any

from tests.infra.estate_parts import faults, of_type, parts, properties
from textnlp_infra.components.batch_compute import batch_config, build_batch_compute
from textnlp_infra.components.identities import BATCH_POOL

_PARTS = parts()
_BUILT = build_batch_compute(
    batch_config(_PARTS.stamp.environment),
    _PARTS.place,
    identity=_PARTS.foundation.identities.by_name[BATCH_POOL],
    registry=_PARTS.foundation.registry.registry,
    networks=_PARTS.networks,
    workspace=_PARTS.foundation.workspace,
)
_POOL: dict[str, Any] = properties(of_type(_BUILT.resources, "pools")[0])


def test_the_account_knows_no_keys_and_is_closed() -> None:
    told = properties(_BUILT.account)
    assert told["allowedAuthenticationModes"] == ["AAD"]
    assert told["publicNetworkAccess"] == "Disabled"
    doors = {str(item.name).rpartition("-")[2] for item in of_type(_BUILT.resources, "privateEndpoints")}
    assert doors == {"batchAccount", "nodeManagement"}


def test_machines_have_no_address_outside_and_pull_images_as_their_identity() -> None:
    assert _POOL["networkConfiguration"]["publicIPAddressConfiguration"] == {"provision": "NoPublicIPAddresses"}
    assert _POOL["networkConfiguration"]["subnetId"].endswith("'batch')]")
    machine = _POOL["deploymentConfiguration"]["virtualMachineConfiguration"]
    assert machine["containerConfiguration"]["type"] == "DockerCompatible"
    (registry,) = machine["containerConfiguration"]["containerRegistries"]
    assert set(registry) == {"registryServer", "identityReference"}
    assert machine["securityProfile"] == {"encryptionAtHost": True}


def test_machines_come_with_tasks_and_never_more_than_the_subnet_holds() -> None:
    formula = _POOL["scaleSettings"]["autoScale"]["formula"]
    assert "$TargetLowPriorityNodes = min(16, wanted);" in formula
    assert "$TargetDedicatedNodes = 0;" in formula
    assert batch_config(_PARTS.stamp.environment).most_machines <= 27


def test_a_small_environment_has_a_small_pool() -> None:
    assert batch_config(parts("dev").stamp.environment).most_machines == 3


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
