"""The one map from what went wrong to HTTP: status, and the problem document of RFC 9457 or OpenAI's error."""

import logging
import math
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from textnlp.api.request_identity import request_id_of
from textnlp.api.schemas.openai_error import OpenAIError, OpenAIErrorRead
from textnlp.api.schemas.problem import Problem
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_LOG = logging.getLogger(__name__)
PROBLEM_MEDIA_TYPE = "application/problem+json"
_JSON = "application/json"
_OPENAI_PATHS = ("/v1/", "/openai/")

STATUSES = MappingProxyType(
    {
        ErrorKind.INVALID_INPUT: (HTTPStatus.BAD_REQUEST, "Invalid input"),
        ErrorKind.UNAUTHENTICATED: (HTTPStatus.UNAUTHORIZED, "Not authenticated"),
        ErrorKind.FORBIDDEN: (HTTPStatus.FORBIDDEN, "Forbidden"),
        ErrorKind.NOT_FOUND: (HTTPStatus.NOT_FOUND, "Not found"),
        ErrorKind.GONE: (HTTPStatus.GONE, "Gone"),
        ErrorKind.CONFLICT: (HTTPStatus.CONFLICT, "Conflict"),
        ErrorKind.IDEMPOTENCY_KEY_IN_USE: (HTTPStatus.CONFLICT, "Idempotency key in use"),
        ErrorKind.IDEMPOTENCY_KEY_REUSED: (HTTPStatus.CONFLICT, "Idempotency key of another request"),
        ErrorKind.TOO_LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large"),
        ErrorKind.CONTEXT_EXCEEDED: (HTTPStatus.UNPROCESSABLE_ENTITY, "Longer than the model's context"),
        ErrorKind.RATE_LIMITED: (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests"),
        ErrorKind.TIMEOUT: (HTTPStatus.GATEWAY_TIMEOUT, "Timed out"),
        ErrorKind.UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, "Unavailable"),
        ErrorKind.CONTENT_FILTERED: (HTTPStatus.UNPROCESSABLE_ENTITY, "Stopped by a content filter"),
        ErrorKind.TRUNCATED: (HTTPStatus.UNPROCESSABLE_ENTITY, "Answer cut at the token limit"),
        ErrorKind.SCHEMA_MISMATCH: (HTTPStatus.BAD_GATEWAY, "Answer does not satisfy the schema"),
        ErrorKind.BAD_RESPONSE: (HTTPStatus.BAD_GATEWAY, "Model answered with nothing usable"),
        ErrorKind.DEPLOYMENT_AWAY: (HTTPStatus.SERVICE_UNAVAILABLE, "Model is away"),
        ErrorKind.DEAD_LETTERED: (HTTPStatus.INTERNAL_SERVER_ERROR, "Given up"),
        ErrorKind.LIMIT_REACHED: (HTTPStatus.TOO_MANY_REQUESTS, "Limit reached"),
        ErrorKind.CANCELLED: (HTTPStatus.CONFLICT, "Cancelled"),
        ErrorKind.INTERNAL: (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error"),
    },
)
"""Status and title of each kind; `status_of` has the two exceptions."""

_KIND_OF_STATUS = {
    HTTPStatus.NOT_FOUND: ErrorKind.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorKind.INVALID_INPUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorKind.TOO_LARGE,
    HTTPStatus.REQUEST_TIMEOUT: ErrorKind.TIMEOUT,
}
_LISTED = "The routes are listed in /openapi.json."
_HINTS = {
    HTTPStatus.NOT_FOUND: _LISTED,
    HTTPStatus.METHOD_NOT_ALLOWED: _LISTED,
    HTTPStatus.REQUEST_TIMEOUT: "Send the body without such pauses.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Send it as it is; a compressed file may be the body itself.",
}
_OPENAI_TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}
_OPENAI_CODES = {
    ErrorKind.UNAUTHENTICATED: "invalid_api_key",
    ErrorKind.CONTEXT_EXCEEDED: "context_length_exceeded",
    ErrorKind.CONTENT_FILTERED: "content_filter",
    ErrorKind.RATE_LIMITED: "rate_limit_exceeded",
}
_MODEL_FIELD = "model"
_CHALLENGED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_REFUSED_ELSEWHERE = frozenset({ErrorKind.UNAUTHENTICATED, ErrorKind.FORBIDDEN})


def status_of(error: TextNLPError) -> HTTPStatus:
    """Return the status for an error.

    Input that could be read and has a wrong field is 422, input that could not be read is 400. An endpoint that
    refuses the platform's own key is 502: the caller's credentials are not what is wrong.
    """
    if error.kind is ErrorKind.INVALID_INPUT and error.facts.field is not None:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    if error.kind in _REFUSED_ELSEWHERE and error.facts.status_code is not None:
        return HTTPStatus.BAD_GATEWAY
    return STATUSES[error.kind][0]


def problem_of(error: TextNLPError, *, request_id: str) -> Problem:
    """Describe an error to whoever made the request."""
    facts = error.facts
    return Problem(
        type=f"urn:textnlp:problem:{error.kind.value}",
        code=error.kind.value,
        title=STATUSES[error.kind][1],
        status=status_of(error).value,
        detail=error.message,
        request_id=request_id,
        hint=facts.hint,
        field=facts.field,
        line=facts.line,
        column=facts.column,
        limit_name=facts.limit_name,
        retry_after_seconds=facts.retry_after_seconds,
    )


def openai_status_of(error: TextNLPError) -> HTTPStatus:
    """Return the status for an error as OpenAI has it: what is wrong with a request is 400, never 422."""
    status = status_of(error)
    return HTTPStatus.BAD_REQUEST if status is HTTPStatus.UNPROCESSABLE_ENTITY else status


def openai_error_of(error: TextNLPError) -> OpenAIErrorRead:
    """Describe an error to one of OpenAI's clients."""
    status = openai_status_of(error)
    is_about_model = error.kind is ErrorKind.NOT_FOUND and error.facts.field == _MODEL_FIELD
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    known = None if is_ours else _OPENAI_CODES.get(error.kind)
    code = "model_not_found" if is_about_model else known or error.kind.value
    kind = "server_error" if is_ours else _OPENAI_TYPES.get(status, "invalid_request_error")
    return OpenAIErrorRead(
        error=OpenAIError(message=error.full_text, type=kind, param=error.facts.field, code=code),
    )


def answer_error(request: Request[Any, Any, Any], error: TextNLPError) -> Response[Any]:
    """Answer a request that ended with an error which the platform knows."""
    return _response(request, error)


def answer_http_exception(request: Request[Any, Any, Any], exc: HTTPException) -> Response[Any]:
    """Answer what the framework refused before any of our code saw it: no such route or method, body too large."""
    if exc.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_surprise(request, exc)
    status = HTTPStatus(exc.status_code)
    error = TextNLPError(
        _refusal(request, status, exc),
        kind=_KIND_OF_STATUS.get(status, ErrorKind.INVALID_INPUT),
        facts=ErrorFacts(hint=_HINTS.get(status)),
    )
    return _response(request, error, status=status, headers=dict(exc.headers or {}))


def answer_surprise(request: Request[Any, Any, Any], exc: Exception) -> Response[Any]:
    """Answer a request that met a fault of ours: the cause goes to the log, the caller gets the id to find it by."""
    request_id = request_id_of(request.scope)
    _LOG.error("%s %s failed (%s).", request.method, request.scope["path"], request_id, exc_info=exc)
    return _response(request, internal_error(request_id))


def internal_error(request_id: str) -> TextNLPError:
    """Build the error that stands for a fault of ours; its cause belongs in the log."""
    return TextNLPError(
        "Something went wrong inside the platform.",
        kind=ErrorKind.INTERNAL,
        facts=ErrorFacts(hint=f"Its log tells what, under {request_id}."),
    )


def _refusal(request: Request[Any, Any, Any], status: HTTPStatus, exc: HTTPException) -> str:
    path = request.scope["path"]
    if status is HTTPStatus.NOT_FOUND:
        return f"There is nothing at {path}."
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{path} does not take {request.method}."
    return f"{exc.detail}."


def _challenge(error: TextNLPError, status: int) -> str:
    """Say in the words of RFC 6750 what is wrong with the credentials."""
    code = "invalid_token" if status == HTTPStatus.UNAUTHORIZED else "insufficient_scope"
    told = error.message.encode("ascii", "replace").decode().replace("\\", "/").replace('"', "'")
    return f'Bearer realm="textnlp", error="{code}", error_description="{told}"'


def _response(
    request: Request[Any, Any, Any],
    error: TextNLPError,
    *,
    status: HTTPStatus | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """Answer in the form that the path's clients read."""
    headers = headers or {}
    if (status or status_of(error)) in _CHALLENGED:
        headers["WWW-Authenticate"] = _challenge(error, status or status_of(error))
    if error.facts.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.facts.retry_after_seconds)))
    if request.scope["path"].startswith(_OPENAI_PATHS):
        status_code = (status or openai_status_of(error)).value
        return Response(openai_error_of(error), status_code=status_code, media_type=_JSON, headers=headers)
    problem = problem_of(error, request_id=request_id_of(request.scope))
    if status is not None:
        problem.status = status.value
    return Response(problem, status_code=problem.status, media_type=PROBLEM_MEDIA_TYPE, headers=headers)
