from urllib.parse import parse_qs, urlsplit

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.authorization_request import (
    AuthorizationRequest,
    addressee_of,
    answer_address,
    authorization_request,
)
from textnlp.topology.scopes import READ, WRITE

BASE = "http://127.0.0.1:8000/"
GOOD = {
    "response_type": "code",
    "client_id": "textnlp-native",
    "redirect_uri": "http://127.0.0.1:49152/callback",
    "scope": f"openid offline_access {READ} api://textnlp/{WRITE}",
    "state": "a b&c",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
    "nonce": "n-1",
    "display": "page",
}


def read(**changes: str) -> AuthorizationRequest:
    fields = {**GOOD, **changes}
    return authorization_request(fields, addressee_of(fields, base_url=BASE))


def test_a_request_says_what_is_asked_for() -> None:
    request = read()
    assert (request.client.id, request.state, request.nonce) == ("textnlp-native", "a b&c", "n-1")
    assert (request.grants, request.wants_identity, request.wants_refresh) == ({READ, WRITE}, True, True)


def test_the_default_scope_asks_for_everything_and_openid_for_no_permission() -> None:
    assert read(scope="api://textnlp/.default").grants is None
    assert read(scope="openid").grants == frozenset()
    assert not read(scope="openid").wants_refresh


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "textnlp-login"}, "client_id"),
        ({"redirect_uri": "http://example.org/callback"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"response_type": "code id_token"}, "response_type"),
        ({"response_mode": "fragment"}, "response_mode"),
        ({"code_challenge": ""}, "code_challenge"),
        ({"code_challenge_method": "plain"}, "code_challenge"),
        ({"code_challenge_method": ""}, "code_challenge"),
        ({"scope": ""}, "scope"),
        ({"scope": "Everything"}, "scope"),
        ({"prompt": "none"}, "prompt"),
        ({"state": "x" * 2049}, "state"),
        ({"nonce": "\0"}, "nonce"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read(**changes)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_the_answer_brings_the_state_back_and_names_its_issuer() -> None:
    address = answer_address(GOOD["redirect_uri"], issuer="urn:textnlp:local", state="a b&c", code="x+y")
    assert address.startswith("http://127.0.0.1:49152/callback?")
    assert parse_qs(urlsplit(address).query) == {"code": ["x+y"], "state": ["a b&c"], "iss": ["urn:textnlp:local"]}
    assert "state" not in answer_address(GOOD["redirect_uri"], issuer="i", state="", error="access_denied")
