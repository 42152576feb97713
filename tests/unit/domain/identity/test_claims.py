from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.claims import (
    LIMITS_CLAIM,
    TokenRules,
    expiry_seconds,
    permission_claims,
    principal_of_claims,
)
from textnlp.domain.identity.principal import Principal, grants_of
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, APPLICATION, AUDIENCE, READ, READ_ALL, READ_WRITE_ALL, WRITE

LEEWAY_SECONDS = APPLICATION.clock_leeway_seconds
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
ISSUER = "https://issuer.example/v2.0"
CLIENT_ID = "6f0b7e0e-0000-4000-8000-000000000001"
RULES = TokenRules(issuer=ISSUER, client_ids=(CLIENT_ID,), is_own=True)

_VALUES = [permission.value for permission in TOPOLOGY.permissions]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*_VALUES, ISSUER, AUDIENCE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ("iss", "aud", "exp", "nbf", "sub", "oid", "tid", "azp", "appid", "client_id", "scp", "roles", LIMITS_CLAIM)


def claims(**changes: Any) -> dict[str, Any]:
    given_claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 3600, "sub": "ada", "scp": READ} | changes
    return {name: value for name, value in given_claims.items() if value is not ...}


def accepted(**changes: Any) -> Principal:
    return principal_of_claims(claims(**changes), rules=RULES, now=NOON)


def refused(**changes: Any) -> str:
    with pytest.raises(TextNLPError) as caught:
        accepted(**changes)
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    return caught.value.message


def test_a_person_is_named_by_the_subject_and_counted_by_the_client() -> None:
    assert accepted(azp="app", tid="contoso", scp=f"{READ} {WRITE}") == Principal(
        subject="ada", tenant="contoso", caller="app", grants=frozenset({READ, WRITE})
    )


def test_who_has_no_client_is_counted_alone_and_is_local_without_a_tenant() -> None:
    assert accepted() == Principal(subject="ada", tenant="local", caller="ada", grants=frozenset({READ}))


@pytest.mark.parametrize("name", ["azp", "appid", "client_id"])
def test_an_application_is_subject_and_caller_by_its_client_id(name: str) -> None:
    found = accepted(sub=..., **{name: "app"})
    assert (found.subject, found.caller) == ("app", "app")


def test_a_person_without_a_subject_is_named_by_the_object_id() -> None:
    assert accepted(sub=..., oid="object").subject == "object"
    assert accepted(oid="object").subject == "ada"


@pytest.mark.parametrize(
    ("given_claims", "grants"),
    [
        ({"scp": WRITE}, {WRITE}),
        ({"scp": ..., "roles": [READ_ALL]}, {READ}),
        ({"scp": ..., "roles": [READ_WRITE_ALL]}, {READ, WRITE}),
        ({"scp": ..., "roles": [ADMIN]}, {READ, WRITE, ADMIN}),
        ({"scp": READ, "roles": [READ_WRITE_ALL]}, {READ, WRITE}),
        ({"scp": f"  {READ}   openid "}, {READ}),
        ({"scp": ...}, set[str]()),
        ({"scp": "", "roles": []}, set[str]()),
    ],
)
def test_declared_permissions_grant_what_they_declare(given_claims: dict[str, Any], grants: set[str]) -> None:
    assert accepted(**given_claims).grants == grants


def test_a_permission_in_the_claim_of_the_other_kind_grants_nothing() -> None:
    assert accepted(scp=f"{ADMIN} {READ_WRITE_ALL}", roles=[READ, WRITE]).grants == frozenset()


@pytest.mark.parametrize("audience", [AUDIENCE, CLIENT_ID, ["other", AUDIENCE], [CLIENT_ID]])
def test_the_audience_is_the_declared_one_or_a_client_id_alone_or_in_a_list(audience: object) -> None:
    assert accepted(aud=audience).subject == "ada"


def test_another_audience_is_named() -> None:
    assert "'api://other'" in refused(aud="api://other")
    assert "'a', 'b'" in refused(aud=["a", "b"])
    assert "nobody" in refused(aud=[])
    assert "aud" in refused(aud=...)
    assert "api://textnlp.evil" in refused(aud="api://textnlp.evil")
    assert refused(aud=AUDIENCE.upper())


def test_another_issuer_is_named() -> None:
    assert "'https://evil.example'" in refused(iss="https://evil.example")
    assert refused(iss=f"{ISSUER}/")
    assert "'iss' is missing" in refused(iss=...)


def test_a_token_is_valid_until_its_expiry_and_a_leeway() -> None:
    assert accepted(exp=NOW - LEEWAY_SECONDS + 1)
    assert refused(exp=NOW - LEEWAY_SECONDS) == "The token expired at 2026-03-01T11:59:00Z."
    assert "'exp' is missing" in refused(exp=...)


def test_a_token_is_valid_from_its_start_less_a_leeway() -> None:
    assert accepted(nbf=NOW + LEEWAY_SECONDS)
    assert "before 2026-03-01T12:01:01Z" in refused(nbf=NOW + LEEWAY_SECONDS + 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exp", "tomorrow"),
        ("exp", True),
        ("exp", -1),
        ("exp", float("nan")),
        ("exp", float("inf")),
        ("exp", 10**400),
        ("nbf", []),
        ("iss", 7),
        ("aud", {"a": 1}),
        ("aud", [1]),
        ("sub", ""),
        ("sub", {}),
        ("sub", "a\x00b"),
        ("sub", "a\nb"),
        ("sub", "x" * 257),
        ("tid", ["a"]),
        ("azp", 1.5),
        ("scp", [READ]),
        ("roles", ADMIN),
        ("roles", {ADMIN: True}),
        ("roles", [ADMIN, None]),
        (LIMITS_CLAIM, 5),
        (LIMITS_CLAIM, {"rate-limit": "many"}),
        (LIMITS_CLAIM, {"rate-limit": True}),
        (LIMITS_CLAIM, {"rate-limit": 0}),
    ],
)
def test_a_claim_that_is_not_of_its_type_is_named(name: str, value: object) -> None:
    assert name in refused(**{name: value})


def test_nobody_named_is_refused() -> None:
    assert "names nobody" in refused(sub=...)


def test_limits_are_believed_of_the_platforms_own_issuer_only() -> None:
    assert accepted(**{LIMITS_CLAIM: {"rate-limit": 5}}).call_limits == (("rate-limit", 5),)
    foreign = TokenRules(issuer=ISSUER)
    found = principal_of_claims(claims(**{LIMITS_CLAIM: {"rate-limit": 5}}), rules=foreign, now=NOON)
    assert found.call_limits == ()


@given(st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_whatever_the_claims_hold_they_name_a_caller_or_are_refused(changes: dict[str, Any]) -> None:
    for given_claims in (changes, claims() | changes):
        try:
            found = principal_of_claims(given_claims, rules=RULES, now=NOON)
        except TextNLPError as error:
            found = error
        if isinstance(found, Principal):
            assert all((found.subject, found.tenant, found.caller))
            assert found.grants <= {READ, WRITE, ADMIN}
        else:
            assert found.kind is ErrorKind.UNAUTHENTICATED
            assert found.full_text.isprintable()


def test_the_expiry_is_read_in_seconds() -> None:
    assert expiry_seconds({"exp": 5}) == 5.0


@given(st.sets(st.sampled_from(_VALUES)))
def test_granted_permissions_become_claims_that_grant_exactly_as_much(values: set[str]) -> None:
    grants = grants_of(values)
    given_claims = claims(scp=...) | permission_claims(grants)
    assert principal_of_claims(given_claims, rules=RULES, now=NOON).grants == grants


def test_an_application_gets_roles_and_a_scope_only_for_what_no_role_grants_alone() -> None:
    assert permission_claims(frozenset({READ})) == {"roles": [READ_ALL]}
    assert permission_claims(frozenset({WRITE})) == {"scp": WRITE}
    assert permission_claims(frozenset()) == {}
