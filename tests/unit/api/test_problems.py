import pytest

from textnlp.api.problems import STATUSES, problem_of, status_of
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
