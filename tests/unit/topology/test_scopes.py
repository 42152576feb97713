from uuid import NAMESPACE_URL, uuid5

import pytest

from textnlp.topology.scopes import ADMIN, APPLICATION, PERMISSIONS, READ, WRITE, Permission, PermissionKind


@pytest.mark.parametrize("permission", PERMISSIONS, ids=lambda permission: permission.value)
def test_an_id_follows_from_the_value_alone(permission: Permission) -> None:
    assert permission.id == str(uuid5(NAMESPACE_URL, f"api://textnlp/{permission.value}"))


def test_people_get_scopes_and_applications_get_roles() -> None:
    kinds = {permission.value: permission.kind for permission in PERMISSIONS}
    assert kinds == {
        "Platform.Admin": PermissionKind.ROLE,
        "TextGeneration.Read": PermissionKind.SCOPE,
        "TextGeneration.Read.All": PermissionKind.ROLE,
        "TextGeneration.ReadWrite.All": PermissionKind.ROLE,
        "TextGeneration.Write": PermissionKind.SCOPE,
    }
    assert list(kinds) == sorted(kinds)


def test_a_reading_permission_never_lets_write() -> None:
    grants = {permission.value: set(permission.grants) for permission in PERMISSIONS}
    assert grants["TextGeneration.Read"] == grants["TextGeneration.Read.All"] == {READ}
    assert grants["TextGeneration.Write"] == {WRITE}
    assert grants["TextGeneration.ReadWrite.All"] == {READ, WRITE}
    assert ADMIN in grants["Platform.Admin"]


def test_the_application_asks_only_who_signed_in() -> None:
    assert APPLICATION.audience == "api://textnlp"
    assert APPLICATION.access_token_version == 2
    assert [name for name, _ in APPLICATION.graph_scope_ids] == ["User.Read"]
