from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.infra.azure_types import SCHEMAS, TYPED
from textnlp.domain.errors import TextNLPError
from textnlp_infra.checks.published_types import PublishedTypes
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue

_QUEUE = "Microsoft.ServiceBus/namespaces/queues"
_STORAGE = "Microsoft.Storage/storageAccounts"
_SOUND: Mapping[str, Any] = {
    "location": "eastus2",
    "kind": "StorageV2",
    "sku": {"name": "Standard_ZRS"},
    "properties": {"accessTier": "Hot"},
}


def _faults(kind: str, body: Mapping[str, Any], *, version: str, name: str = "name") -> list[tuple[str, str]]:
    resource = ExpandedResource(
        id="/x",
        type=kind,
        api_version=version,
        name=name,
        body=body,
        stack="s",
        unit="u",
        group="g",
        scope=None,
        depends_on=(),
        asked=frozenset(),
    )
    return list(PublishedTypes(SCHEMAS).faults(resource))


@TYPED
def test_a_sound_body_has_no_faults() -> None:
    assert _faults(_STORAGE, _SOUND, version="2026-04-01") == []


@TYPED
@pytest.mark.parametrize(
    ("change", "what", "advice"),
    [
        ({"properties": {"acessTier": "Hot"}}, "properties.acessTier is unknown", "write accessTier"),
        ({"properties": {"accessTier": "Hott"}}, "properties.accessTier is 'Hott'", "write Hot"),
        ({"sku": {}}, "sku.name is missing", "required"),
        ({"properties": {"isHnsEnabled": "yes"}}, "properties.isHnsEnabled is 'yes'", "true or false"),
        ({"properties": {"creationTime": "x"}}, "properties.creationTime is read only", "leave it out"),
        ({"properties": []}, "properties is [], no object", "write an object"),
        ({"zones": "1"}, "zones is '1', no list", "write a list"),
        ({"xqj": 1}, "xqj is unknown", "leave it out"),
    ],
)
def test_a_planted_fault_is_found_with_what_to_write(change: Mapping[str, Any], what: str, advice: str) -> None:
    ((found, told),) = _faults(_STORAGE, {**_SOUND, **change}, version="2026-04-01")
    assert found == what
    assert advice in told


@TYPED
def test_a_number_is_held_to_be_whole() -> None:
    faults = _faults(_QUEUE, {"properties": {"maxDeliveryCount": "3"}}, version="2026-01-01")
    assert faults == [("properties.maxDeliveryCount is '3'", "write a whole number")]


@TYPED
def test_a_value_known_later_is_taken() -> None:
    body = {**_SOUND, "properties": {"accessTier": RuntimeValue("reference(x).tier")}}
    assert _faults(_STORAGE, body, version="2026-04-01") == []


@TYPED
def test_another_version_and_another_type_are_refused() -> None:
    assert _faults(_STORAGE, _SOUND, version="2019-06-01") == [
        ("API version 2019-06-01 is not the published one", "write 2026-04-01")
    ]
    ((what, advice),) = _faults("Microsoft.Storage/storageAcounts", {}, version="1")
    assert (what, advice) == (
        "type 'Microsoft.Storage/storageAcounts' is not published",
        "write microsoft.storage/storageaccounts",
    )


def test_a_folder_without_types_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match=r"has no azure-types/versions\.json"):
        PublishedTypes(tmp_path)
