import pytest

from textnlp.api.problems import openai_error_of, openai_status_of, problem_of
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp_infra.api_policies.refusal import KINDS, Kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_gateway_refuses_in_the_words_of_the_service(kind: Kind) -> None:
    error = TextNLPError("No.", kind=ErrorKind(kind.code))
    problem, openai = problem_of(error, request_id="req"), openai_error_of(error).error
    assert (problem.status, problem.title, problem.code) == (kind.status, kind.title, kind.code)
    assert openai_status_of(error) == (kind.openai_status or kind.status)
    assert (openai.type, openai.code) == (kind.openai_type, kind.openai_code or kind.code)
