"""The one map from what went wrong to HTTP: status, title, and the problem document of RFC 9457."""

import logging
import math
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from textnlp.api.request_identity import request_id_of
from textnlp.api.schemas.problem import Problem
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_LOG = logging.getLogger(__name__)
PROBLEM_MEDIA_TYPE = "application/problem+json"

STATUSES = MappingProxyType(
    {
        ErrorKind.INVALID_INPUT: (HTTPStatus.BAD_REQUEST, "Invalid input"),
        ErrorKind.UNAUTHENTICATED: (HTTPStatus.UNAUTHORIZED, "Not authenticated"),
        ErrorKind.FORBIDDEN: (HTTPStatus.FORBIDDEN, "Forbidden"),
        ErrorKind.NOT_FOUND: (HTTPStatus.NOT_FOUND, "Not found"),
        ErrorKind.CONFLICT: (HTTPStatus.CONFLICT, "Conflict"),
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
}
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


def answer_error(request: Request[Any, Any, Any], error: TextNLPError) -> Response[Problem]:
    """Answer a request that ended with an error which the platform knows."""
    return _response(problem_of(error, request_id=request_id_of(request.scope)))


def answer_http_exception(request: Request[Any, Any, Any], exc: HTTPException) -> Response[Problem]:
    """Answer what the framework refused before any of our code saw it: no such route or method, body too large."""
    if exc.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_surprise(request, exc)
    status = HTTPStatus(exc.status_code)
    error = TextNLPError(
        _refusal(request, status, exc),
        kind=_KIND_OF_STATUS.get(status, ErrorKind.INVALID_INPUT),
        facts=ErrorFacts(hint="The routes are listed in /openapi.json."),
    )
    problem = problem_of(error, request_id=request_id_of(request.scope))
    problem.status = status.value
    return _response(problem, headers=dict(exc.headers or {}))


def answer_surprise(request: Request[Any, Any, Any], exc: Exception) -> Response[Problem]:
    """Answer a request that met a fault of ours: the cause goes to the log, the caller gets the id to find it by."""
    request_id = request_id_of(request.scope)
    _LOG.error("%s %s failed (%s).", request.method, request.url.path, request_id, exc_info=exc)
    return _response(problem_of(internal_error(request_id), request_id=request_id))


def internal_error(request_id: str) -> TextNLPError:
    """Build the error that stands for a fault of ours; its cause belongs in the log."""
    return TextNLPError(
        "Something went wrong inside the platform.",
        kind=ErrorKind.INTERNAL,
        facts=ErrorFacts(hint=f"Its log tells what, under {request_id}."),
    )


def _refusal(request: Request[Any, Any, Any], status: HTTPStatus, exc: HTTPException) -> str:
    path = request.url.path
    if status is HTTPStatus.NOT_FOUND:
        return f"There is nothing at {path}."
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{path} does not take {request.method}."
    return f"{exc.detail}."


def _challenge(problem: Problem) -> str:
    """Say in the words of RFC 6750 what is wrong with the credentials."""
    code = "invalid_token" if problem.status == HTTPStatus.UNAUTHORIZED else "insufficient_scope"
    told = problem.detail.encode("ascii", "replace").decode().replace("\\", "/").replace('"', "'")
    return f'Bearer realm="textnlp", error="{code}", error_description="{told}"'


def _response(problem: Problem, *, headers: dict[str, str] | None = None) -> Response[Problem]:
    headers = headers or {}
    if problem.status in _CHALLENGED:
        headers["WWW-Authenticate"] = _challenge(problem)
    if problem.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after_seconds)))
    return Response(problem, status_code=problem.status, media_type=PROBLEM_MEDIA_TYPE, headers=headers)
