import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from multidict import CIMultiDict

from textnlp.adapters.engines.openai_compatible.faults import error_from_response
from textnlp.domain.errors import ErrorKind, TextNLPError

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def refusal(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> TextNLPError:
    raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return error_from_response(status, headers=CIMultiDict(headers or {}), body=raw, now=NOW, origin="http://h")


def openai_error(code: str | None = None, message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code, **more}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.INVALID_INPUT),
        (401, ErrorKind.UNAUTHENTICATED),
        (402, ErrorKind.FORBIDDEN),
        (403, ErrorKind.FORBIDDEN),
        (404, ErrorKind.NOT_FOUND),
        (405, ErrorKind.NOT_FOUND),
        (408, ErrorKind.TIMEOUT),
        (413, ErrorKind.TOO_LARGE),
        (418, ErrorKind.INVALID_INPUT),
        (422, ErrorKind.INVALID_INPUT),
        (424, ErrorKind.UNAVAILABLE),
        (429, ErrorKind.RATE_LIMITED),
        (500, ErrorKind.UNAVAILABLE),
        (502, ErrorKind.UNAVAILABLE),
        (503, ErrorKind.UNAVAILABLE),
        (504, ErrorKind.UNAVAILABLE),
        (529, ErrorKind.UNAVAILABLE),
        (599, ErrorKind.UNAVAILABLE),
    ],
)
def test_a_status_has_its_kind(status: int, kind: ErrorKind) -> None:
    error = refusal(status, openai_error())
    assert error.kind is kind
    assert error.facts.status_code == status
    assert error.message == f"http://h answered {status}: No."


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, openai_error("context_length_exceeded"), ErrorKind.CONTEXT_EXCEEDED),
        (400, openai_error(None, "This model's maximum context length is 2048 tokens."), ErrorKind.CONTEXT_EXCEEDED),
        (400, {"object": "error", "message": "exceeds the context window", "code": 400}, ErrorKind.CONTEXT_EXCEEDED),
        (400, openai_error("content_filter"), ErrorKind.CONTENT_FILTERED),
        (
            400,
            openai_error(None, innererror={"code": "ResponsibleAIPolicyViolation"}),
            ErrorKind.CONTENT_FILTERED,
        ),
        (403, openai_error("content_policy_violation"), ErrorKind.CONTENT_FILTERED),
        (429, openai_error("insufficient_quota"), ErrorKind.FORBIDDEN),
        (404, openai_error("model_not_found"), ErrorKind.NOT_FOUND),
        (500, openai_error(None, "context size"), ErrorKind.UNAVAILABLE),
    ],
)
def test_a_code_in_the_body_decides_before_the_status(status: int, body: object, kind: ErrorKind) -> None:
    assert refusal(status, body).kind is kind


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"error": "model 'x' not found"}, "model 'x' not found"),
        ({"detail": "Not allowed"}, "Not allowed"),
        ({"detail": [{"loc": ["body"], "msg": "bad"}]}, '[{"loc":["body"],"msg":"bad"}]'),
        ({"message": "vLLM says no", "code": 400}, "vLLM says no"),
        (b"<html>\r\n  <b>Bad</b>\x00 gateway</html>", "<html> <b>Bad</b> gateway</html>"),
        (b"", "Bad Request"),
        (b"[]", "Bad Request"),
        (b"null", "Bad Request"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_the_message_is_found_in_every_known_shape(body: object, shown: str) -> None:
    assert refusal(400, body).message == f"http://h answered 400: {shown}"


def test_a_long_message_is_shortened() -> None:
    assert len(refusal(400, openai_error(None, "x" * 10_000)).message) < 500


def test_the_field_that_is_wrong_is_named() -> None:
    assert refusal(400, openai_error(None, param="messages.0")).facts.field == "messages.0"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Mon, 05 Jan 2026 09:00:30 GMT"}, 30.0),
        ({"Retry-After": "Mon, 05 Jan 2026 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, 86_400.0),
        ({"Retry-After": "7", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "7", "retry-after-ms": "x"}, 7.0),
    ],
)
def test_the_wait_that_is_asked_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert refusal(429, headers=headers).facts.retry_after_seconds == seconds
    assert refusal(503, headers=headers).facts.retry_after_seconds == seconds


def test_a_redirect_is_refused_and_says_where_to() -> None:
    error = refusal(307, headers={"Location": "https://elsewhere.example/v1"})
    assert error.kind is ErrorKind.INVALID_INPUT
    assert "https://elsewhere.example/v1" in error.message
    assert error.facts.hint is not None


def test_errors_that_the_caller_can_mend_say_how() -> None:
    for status in (401, 403, 404):
        assert refusal(status).facts.hint
