import pytest

from textnlp.api.oauth_errors import oauth_code_of
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

CODES = {
    ErrorKind.UNAUTHENTICATED: "invalid_client",
    ErrorKind.FORBIDDEN: "access_denied",
    ErrorKind.INVALID_INPUT: "invalid_request",
    ErrorKind.TOO_LARGE: "invalid_request",
    ErrorKind.RATE_LIMITED: "temporarily_unavailable",
    ErrorKind.UNAVAILABLE: "temporarily_unavailable",
}


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_of_error_has_a_word_of_the_standard(kind: ErrorKind) -> None:
    assert oauth_code_of(TextNLPError("It failed.", kind=kind)) == CODES.get(kind, "server_error")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("grant_type", "unsupported_grant_type"),
        ("response_type", "unsupported_response_type"),
        ("scope", "invalid_scope"),
        ("permissions", "invalid_scope"),
        ("code", "invalid_grant"),
        ("refresh_token", "invalid_grant"),
        ("prompt", "login_required"),
        ("token", "unsupported_token_type"),
        ("code_challenge", "invalid_request"),
    ],
)
def test_a_field_that_is_wrong_has_its_own(field: str, code: str) -> None:
    error = TextNLPError("It is wrong.", kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
    assert oauth_code_of(error) == code
