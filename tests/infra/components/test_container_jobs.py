from typing import Any

from tests.factories.container_groups import container_group
from tests.infra.estate_parts import addresses, body, faults, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.container_jobs import build_container_jobs, container_jobs_config

_PARTS = parts()
_GROUPS = build_container_jobs(
    container_jobs_config(),
    _PARTS.place,
    identities=_PARTS.foundation.identities,
    registry=_PARTS.foundation.registry.registry,
    addresses=addresses(),
    after=(),
)
_TOLD: dict[str, Any] = properties(_GROUPS[0])
_CONTAINER: dict[str, Any] = _TOLD["containers"][0]["properties"]


def test_every_declared_job_has_a_group() -> None:
    assert [group.name for group in _GROUPS] == [f"ci-textnlp-prod-eus2-{job.name}" for job in TOPOLOGY.one_off_jobs]


def test_a_group_is_of_the_shape_that_the_command_prints() -> None:
    printed: Any = container_group().document()
    assert set(_TOLD) == set(printed["properties"])
    assert set(_CONTAINER) == set(printed["properties"]["containers"][0]["properties"])
    for name in ("osType", "sku", "restartPolicy", "volumes"):
        assert _TOLD[name] == printed["properties"][name]


def test_it_runs_one_command_of_the_version_that_is_deployed() -> None:
    assert _CONTAINER["command"] == list(TOPOLOGY.one_off_jobs[0].command)
    assert _CONTAINER["image"].endswith(", '/textnlp-api:', parameters('imageVersion'))]")


def test_it_is_told_of_the_database_and_signs_in_as_its_process() -> None:
    told = {item["name"]: item["value"] for item in _CONTAINER["environmentVariables"]}
    assert "id-textnlp-prod-eus2-migrations" in told["DATABASE_URL"]
    assert "TEXTNLP_QUEUE_URL" not in told
    (identity,) = body(_GROUPS[0])["identity"]["userAssignedIdentities"]
    assert identity.endswith("'id-textnlp-prod-eus2-migrations')]")


def test_it_has_no_address_outside_its_subnet() -> None:
    (subnet,) = _TOLD["subnetIds"]
    assert subnet["id"].endswith("'container-instances')]")
    assert "ipAddress" not in _TOLD


def test_the_published_types_find_nothing() -> None:
    assert faults(_GROUPS) == []
