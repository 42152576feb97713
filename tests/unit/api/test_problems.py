import pytest

from textnlp.api.problems import STATUSES, openai_error_of, openai_status_of, problem_of, status_of
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


def test_every_kind_of_error_has_a_status_and_a_title() -> None:
    assert set(STATUSES) == set(ErrorKind)


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_the_code_of_a_problem_is_the_kind(kind: ErrorKind) -> None:
    problem = problem_of(TextNLPError("Sentence.", kind=kind), request_id="req_1")
    assert (problem.code, problem.detail, problem.request_id) == (kind.value, "Sentence.", "req_1")
    assert 400 <= problem.status < 600


def test_a_wrong_field_is_unprocessable_and_unreadable_input_a_bad_request() -> None:
    field = TextNLPError("", kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field="prompt"))
    assert (status_of(field), status_of(TextNLPError("", kind=ErrorKind.INVALID_INPUT))) == (422, 400)


def test_a_key_that_an_endpoint_refused_is_not_the_callers_fault() -> None:
    error = TextNLPError("", kind=ErrorKind.UNAUTHENTICATED, facts=ErrorFacts(status_code=401))
    assert status_of(error) == 502


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_openais_clients_get_the_same_status_but_for_unprocessable(kind: ErrorKind) -> None:
    error = TextNLPError("Sentence.", kind=kind, facts=ErrorFacts(field="prompt", hint="Do this."))
    status = status_of(error)
    assert openai_status_of(error) == (400 if status == 422 else status)
    shown = openai_error_of(error).error
    assert (shown.message, shown.param) == ("Sentence. Do this.", "prompt")
    assert (shown.type == "server_error") == (status >= 500)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (TextNLPError("", kind=ErrorKind.UNAUTHENTICATED), ("authentication_error", "invalid_api_key")),
        (TextNLPError("", kind=ErrorKind.FORBIDDEN), ("permission_error", "forbidden")),
        (TextNLPError("", kind=ErrorKind.RATE_LIMITED), ("rate_limit_error", "rate_limit_exceeded")),
        (TextNLPError("", kind=ErrorKind.CONTEXT_EXCEEDED), ("invalid_request_error", "context_length_exceeded")),
        (TextNLPError("", kind=ErrorKind.NOT_FOUND), ("invalid_request_error", "not_found")),
        (
            TextNLPError("", kind=ErrorKind.NOT_FOUND, facts=ErrorFacts(field="model")),
            ("invalid_request_error", "model_not_found"),
        ),
        (
            TextNLPError("", kind=ErrorKind.UNAUTHENTICATED, facts=ErrorFacts(status_code=401)),
            ("server_error", "unauthenticated"),
        ),
    ],
)
def test_openais_clients_get_the_words_they_know(error: TextNLPError, shown: tuple[str, str]) -> None:
    described = openai_error_of(error).error
    assert (described.type, described.code) == shown
