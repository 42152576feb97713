import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.sign_in import (
    SignIn,
    is_challenge,
    is_verifier_of,
    require_standing,
    sign_in_end,
)
from textnlp.topology.scopes import READ

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SIGN_IN = SignIn(
    id=SignInId("signin_1"),
    oauth_client="textnlp-native",
    subject="ada",
    tenant="contoso",
    caller="client_1",
    grants=frozenset({READ}),
    created_at=NOON,
    expires_at=NOON + timedelta(hours=1),
)


def test_the_verifier_of_the_standards_example_fits() -> None:
    assert is_challenge(CHALLENGE)
    assert is_verifier_of(VERIFIER, CHALLENGE)


@pytest.mark.parametrize("wrong", ["", VERIFIER[:-1], VERIFIER + "a", CHALLENGE, VERIFIER.upper(), "a" * 129, "ä" * 43])
def test_every_other_verifier_does_not(wrong: str) -> None:
    assert not is_verifier_of(wrong, CHALLENGE)


@pytest.mark.parametrize("wrong", ["", CHALLENGE[:-1], CHALLENGE + "=", CHALLENGE[:-1] + "+", CHALLENGE + "\n"])
def test_a_challenge_has_the_form_of_a_hash(wrong: str) -> None:
    assert not is_challenge(wrong)


def test_a_sign_in_stands_until_it_ends_or_is_revoked() -> None:
    assert require_standing(SIGN_IN, now=NOON) is SIGN_IN
    for gone in (
        None,
        dataclasses.replace(SIGN_IN, expires_at=NOON),
        dataclasses.replace(SIGN_IN, revoked_at=NOON - timedelta(days=1)),
    ):
        with pytest.raises(TextNLPError) as caught:
            require_standing(gone, now=NOON)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED


def test_who_calls_for_a_sign_in_has_what_it_grants() -> None:
    principal = SIGN_IN.principal
    assert (principal.subject, principal.tenant, principal.caller) == ("ada", "contoso", "client_1")
    assert (principal.grants, principal.sign_in_id) == ({READ}, SIGN_IN.id)


def test_without_refresh_tokens_a_sign_in_ends_with_its_access_token() -> None:
    assert sign_in_end(NOON, has_refresh=False) - NOON == timedelta(seconds=3660)
    assert sign_in_end(NOON, has_refresh=True) - NOON == timedelta(days=30)
