from typing import Any

import pytest

from tests.factories.container_groups import GROUP, IDENTITY, container_group
from textnlp.domain.errors import TextNLPError


def test_a_group_runs_one_container_once_as_its_identity_in_its_subnet() -> None:
    document = container_group().document()
    properties = document["properties"]
    (container,) = properties["containers"]
    assert document["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    assert properties["restartPolicy"] == "Never"
    assert [each["id"] for each in properties["subnetIds"]] == [GROUP["subnet"]]
    assert "ipAddress" not in properties
    assert container["properties"]["command"] == ["textnlp", "serve", "migrations"]
    assert container["properties"]["resources"] == {"requests": {"cpu": 1, "memoryInGB": 2}}
    assert container["properties"]["environmentVariables"] == [
        {"name": "AZURE_CLIENT_ID", "value": GROUP["client_id"]},
        {"name": "DATABASE_URL", "value": "postgresql://jobs@db.example/textnlp"},
    ]
    (mount,) = container["properties"]["volumeMounts"]
    assert mount == {"name": properties["volumes"][0]["name"], "mountPath": "/var/lib/textnlp"}


def test_the_identity_pulls_from_a_private_registry_and_nobody_from_a_public_one() -> None:
    def registry(image: str) -> Any:
        return container_group(image=image).document()["properties"]["imageRegistryCredentials"]

    assert registry(GROUP["image"]) == [{"server": "registry.azurecr.io", "identity": IDENTITY}]
    assert registry("library/textnlp-api:0.1.0") == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "TextNLP"}, "is no name"),
        ({"name": "x" * 64}, "is no name"),
        ({"image": "Not An Image"}, "names no image"),
        ({"environment": {"DB_PASSWORD": "x"}}, "may be a secret"),
        ({"identity": "jobs"}, "is no resource id of Microsoft.ManagedIdentity/userAssignedIdentities"),
        ({"identity": GROUP["subnet"]}, "is no resource id of Microsoft.ManagedIdentity"),
        ({"subnet": IDENTITY}, "is no resource id of Microsoft.Network/virtualNetworks"),
        ({"client_id": "jobs"}, "is no client id"),
    ],
)
def test_what_the_service_would_refuse_and_secrets_are_refused_here(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(TextNLPError, match=told):
        container_group(**changes)
