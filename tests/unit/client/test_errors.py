import dataclasses

import httpx
import msgspec
import pytest

from textnlp.api.problems import openai_error_of, openai_status_of, problem_of, status_of
from textnlp.client.errors import Refusals
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

REFUSALS = Refusals("http://host:8000", address_hint="base_url=URL")


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_a_problem_document_becomes_the_error_that_it_was_made_from(kind: ErrorKind) -> None:
    facts = ErrorFacts(hint="Do.", field="prompt", line=3, column=4, limit_name="calls", retry_after_seconds=1.5)
    error = TextNLPError("It failed.", kind=kind, facts=facts)
    body = msgspec.json.encode(problem_of(error, request_id="r"))
    read = REFUSALS.answered(body, status=status_of(error), headers={"retry-after": "2"})
    assert (read.message, read.kind) == ("It failed.", kind)
    assert read.facts == dataclasses.replace(facts, status_code=status_of(error))


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_an_error_of_openais_form_keeps_its_kind_where_that_form_has_a_word_for_it(kind: ErrorKind) -> None:
    error = TextNLPError("It failed.", kind=kind, facts=ErrorFacts(field="model"))
    body = msgspec.json.encode(openai_error_of(error))
    read = REFUSALS.answered(body, status=openai_status_of(error), headers={"retry-after": "2"})
    assert (read.message, read.kind, read.facts.field) == ("It failed.", kind, "model")
    assert (read.facts.status_code, read.facts.retry_after_seconds) == (openai_status_of(error), 2)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>Bad gateway</html>", 502, ErrorKind.UNAVAILABLE),
        (b"", 503, ErrorKind.UNAVAILABLE),
        (b"hello", 200, ErrorKind.BAD_RESPONSE),
        (b'{"code": "no_such_kind", "detail": "?"}', 418, ErrorKind.BAD_RESPONSE),
        (b"\xff" * 100_000, 404, ErrorKind.BAD_RESPONSE),
    ],
)
def test_what_no_platform_answers_is_told_shortly_with_its_status(body: bytes, status: int, kind: ErrorKind) -> None:
    error = REFUSALS.answered(body, status=status, headers={"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"})
    assert (error.kind, error.facts.status_code, error.facts.retry_after_seconds) == (kind, status, None)
    assert str(status) in error.message
    assert len(error.message) < 300
    assert "base_url=URL" in (error.facts.hint or "")


def test_an_error_in_a_stream_is_read_in_each_form() -> None:
    error = TextNLPError("It failed.", kind=ErrorKind.TRUNCATED)
    problem = msgspec.json.encode({"error": problem_of(error, request_id="r")})
    assert REFUSALS.in_stream(problem).kind is ErrorKind.TRUNCATED
    assert REFUSALS.in_stream(msgspec.json.encode(openai_error_of(error))).kind is ErrorKind.TRUNCATED
    assert REFUSALS.in_stream(b"nonsense").kind is ErrorKind.BAD_RESPONSE


@pytest.mark.parametrize(
    ("exc", "said"),
    [
        (httpx.ConnectError("refused"), "Nothing answers at http://host:8000."),
        (httpx.ConnectTimeout("slow"), "Nothing answers at http://host:8000."),
        (httpx.ReadTimeout("slow"), "http://host:8000 did not answer in time."),
        (httpx.RemoteProtocolError("gone"), "The connection to http://host:8000 broke: gone."),
    ],
)
def test_a_platform_that_cannot_be_reached_is_told_with_what_to_do(exc: httpx.HTTPError, said: str) -> None:
    error = REFUSALS.unreachable(exc)
    assert (error.message, error.kind) == (said, ErrorKind.UNAVAILABLE)
    assert error.facts.hint
