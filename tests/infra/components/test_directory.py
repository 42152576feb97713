from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

import pytest

from tests.infra.azure_types import SCHEMAS, TYPED
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import PermissionKind
from textnlp_infra.checks.published_types import GraphTypes
from textnlp_infra.components.directory import (
    Registered,
    application_document,
    assignment_documents,
    credential_documents,
    service_principal_document,
)
from textnlp_infra.environments import environment

_REGISTERED = Registered(
    tenant_id="00000000-0000-0000-0000-000000000001",
    client_id="00000000-0000-0000-0000-000000000002",
    service_principal_id="00000000-0000-0000-0000-000000000003",
    principal_ids={process.name: str(uuid5(NAMESPACE_URL, process.name)) for process in TOPOLOGY.processes},
)


def _application(name: str = "prod") -> dict[str, Any]:
    return cast("dict[str, Any]", application_document(environment(name)))


def test_what_is_declared_can_be_granted_under_ids_that_never_change() -> None:
    application = _application()
    scopes = {item["value"]: item["id"] for item in application["api"]["oauth2PermissionScopes"]}
    roles = {item["value"]: item["id"] for item in application["appRoles"]}
    for permission in TOPOLOGY.permissions:
        granted = scopes if permission.kind is PermissionKind.SCOPE else roles
        assert granted[permission.value] == str(uuid5(NAMESPACE_URL, f"api://textnlp/{permission.value}"))
    assert len(scopes) + len(roles) == len(TOPOLOGY.permissions)
    assert all(item["isEnabled"] for item in (*application["api"]["oauth2PermissionScopes"], *application["appRoles"]))


def test_people_may_administer_and_only_applications_have_the_other_roles() -> None:
    members = {item["value"]: item["allowedMemberTypes"] for item in _application()["appRoles"]}
    assert members == {
        "Platform.Admin": ["Application", "User"],
        "TextGeneration.Read.All": ["Application"],
        "TextGeneration.ReadWrite.All": ["Application"],
    }


def test_the_application_has_no_password_and_nobody_adds_one_elsewhere() -> None:
    application = _application()
    assert not {"passwordCredentials", "keyCredentials"} & application.keys()
    assert application["servicePrincipalLockConfiguration"] == {"isEnabled": True, "allProperties": True}
    assert application["api"]["requestedAccessTokenVersion"] == 2


def test_two_environments_can_be_in_one_tenant() -> None:
    for field in ("uniqueName", "identifierUris"):
        assert _application("prod")[field] != _application("dev")[field]
    assert _application()["identifierUris"] == ["api://textnlp"]


def test_the_api_acts_for_the_application_with_no_secret_between() -> None:
    (credential,) = credential_documents(_REGISTERED)
    assert credential["issuer"] == "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0"
    assert credential["subject"] == _REGISTERED.principal_ids["api"]
    assert credential["audiences"] == ["api://AzureADTokenExchange"]


def test_processes_have_the_roles_that_are_declared() -> None:
    documents = assignment_documents(_REGISTERED)
    assert [(item["principalId"], item["appRoleId"]) for item in documents] == [
        (_REGISTERED.principal_ids[process.name], TOPOLOGY.permission(role).id)
        for process in TOPOLOGY.processes
        for role in process.roles
    ]
    assert documents
    assert {item["resourceId"] for item in documents} == {_REGISTERED.service_principal_id}


def test_a_process_whose_identity_is_not_there_is_named() -> None:
    nobody = Registered(tenant_id="t", client_id="c", service_principal_id="s", principal_ids={})
    with pytest.raises(KeyError, match="api"):
        credential_documents(nobody)


def test_tokens_are_for_whoever_is_assigned() -> None:
    assert service_principal_document(_REGISTERED)["appRoleAssignmentRequired"] is True


@TYPED
def test_the_types_of_graph_find_nothing() -> None:
    types = GraphTypes(SCHEMAS)
    for name in ("prod", "dev"):
        assert list(types.faults("applications", _application(name))) == []
    assert list(types.faults("servicePrincipals", service_principal_document(_REGISTERED))) == []
    for document in credential_documents(_REGISTERED):
        assert list(types.faults("applications/federatedIdentityCredentials", document)) == []
    for document in assignment_documents(_REGISTERED):
        assert list(types.faults("appRoleAssignedTo", document)) == []
    assert list(types.faults("applications", {"displayNam": "x"})) != []
