import itertools
from typing import Any, cast

from textnlp_infra.arm import Resource
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform

_PROD, _DEV = environment("prod"), environment("dev")
_DATABASE = build_platform(_PROD, build_foundation(_PROD)).database
_SMALL = build_platform(_DEV, build_foundation(_DEV)).database


def _properties(resource: Resource | None) -> Any:
    assert resource
    return cast("Any", resource.properties)


def test_the_server_is_ordered_as_declared() -> None:
    properties = _properties(_DATABASE.server)
    assert _DATABASE.server.sku == {"name": "Standard_D8ds_v5", "tier": "GeneralPurpose"}
    assert properties["version"] == "17"
    assert properties["highAvailability"] == {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"}
    assert properties["backup"] == {"backupRetentionDays": 35, "geoRedundantBackup": "Enabled"}
    assert "geoBackupKeyURI" in properties["dataEncryption"]


def test_parameters_are_bare_numbers_and_set_one_after_the_other() -> None:
    settings = [item for item in _DATABASE.resources if item.type.endswith("/configurations")]
    values = {str(item.name): _properties(item)["value"] for item in settings}
    assert (values["shared_buffers"], values["max_connections"], values["work_mem"]) == ("1048576", "500", "16384")
    assert all(earlier in later.after for earlier, later in itertools.pairwise(settings))


def test_the_replica_is_like_its_source_and_the_writer_has_one_name() -> None:
    replica = _DATABASE.replica
    assert replica
    assert (replica.location, replica.sku) == ("centralus", _DATABASE.server.sku)
    assert _properties(replica)["createMode"] == "Replica"
    assert "backup" not in _properties(replica)
    (writer,) = _DATABASE.late
    assert _properties(writer) == {"endpointType": "ReadWrite", "members": [replica.name]}


def test_an_environment_of_one_region_has_neither_replica_nor_standby() -> None:
    assert (_SMALL.replica, _SMALL.late) == (None, ())
    assert _properties(_SMALL.server)["highAvailability"]["mode"] == "Disabled"
    assert "geoBackupKeyURI" not in _properties(_SMALL.server)["dataEncryption"]
