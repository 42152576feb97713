import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.principal import Principal, grants_of, require_grant
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, READ, READ_ALL, READ_WRITE_ALL, WRITE


def caller(*grants: str) -> Principal:
    return Principal(subject="ada", tenant="local", caller="app", grants=frozenset(grants))


@pytest.mark.parametrize("grant", [READ, WRITE, ADMIN])
def test_what_is_granted_passes(grant: str) -> None:
    require_grant(caller(grant), grant)


def test_a_refusal_names_the_scope_and_the_roles_that_would_help() -> None:
    with pytest.raises(TextNLPError) as caught:
        require_grant(caller(READ, ADMIN), WRITE)
    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert WRITE in caught.value.message
    hint = caught.value.facts.hint or ""
    assert f"the scope {WRITE}" in hint
    assert f"the role {ADMIN} or {READ_WRITE_ALL}" in hint
    assert READ_ALL not in hint


def test_a_grant_that_no_scope_holds_names_roles_only() -> None:
    with pytest.raises(TextNLPError) as caught:
        require_grant(caller(), ADMIN)
    assert f"holds the role {ADMIN}," in (caught.value.facts.hint or "")


def test_permissions_of_both_kinds_grant_what_is_declared() -> None:
    for permission in TOPOLOGY.permissions:
        assert grants_of([permission.value]) == frozenset(permission.grants)
    assert grants_of([READ, WRITE]) == {READ, WRITE}
    assert grants_of([]) == frozenset()


def test_a_permission_that_is_not_declared_is_refused() -> None:
    with pytest.raises(TextNLPError, match=r"'TextGeneration\.Everything'") as caught:
        grants_of([READ, "TextGeneration.Everything"])
    assert caught.value.kind is ErrorKind.INVALID_INPUT
