"""Errors as OAuth clients read them (RFC 6749, sections 4.1.2.1 and 5.2)."""

import math
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from litestar import Request, Response

from textnlp.api.problems import answer_error, status_of
from textnlp.api.schemas.oauth import OAuthErrorRead
from textnlp.domain.errors import ErrorKind, TextNLPError

_CODES = MappingProxyType(
    {
        "response_type": "unsupported_response_type",
        "grant_type": "unsupported_grant_type",
        "scope": "invalid_scope",
        "permissions": "invalid_scope",
        "code": "invalid_grant",
        "refresh_token": "invalid_grant",
        "prompt": "login_required",
        "token": "unsupported_token_type",
    }
)
_LATER = frozenset({ErrorKind.RATE_LIMITED, ErrorKind.UNAVAILABLE})


def oauth_code_of(error: TextNLPError) -> str:
    """Return OAuth's word for an error."""
    if error.kind is ErrorKind.UNAUTHENTICATED:
        return "invalid_client"
    if error.kind is ErrorKind.FORBIDDEN:
        return "access_denied"
    if error.kind in _LATER:
        return "temporarily_unavailable"
    if error.kind in {ErrorKind.INVALID_INPUT, ErrorKind.TOO_LARGE}:
        return _CODES.get(error.facts.field or "", "invalid_request")
    return "server_error"


def oauth_status_of(error: TextNLPError) -> HTTPStatus:
    """Return the status of an error: 400 for what elsewhere is 422."""
    status = status_of(error)
    return HTTPStatus.BAD_REQUEST if status is HTTPStatus.UNPROCESSABLE_ENTITY else status


def oauth_error_of(error: TextNLPError) -> OAuthErrorRead:
    """Return what an OAuth client reads of an error."""
    return OAuthErrorRead(error=oauth_code_of(error), error_description=error.full_text)


def answer_oauth_error(request: Request[Any, Any, Any], error: TextNLPError) -> Response[Any]:
    """Answer a request for a token that ended with an error: with 400, or 401 for a client that proves nothing."""
    answer_error(request, error)  # logs what is to be logged
    status = oauth_status_of(error)
    headers = {"Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="textnlp"'
    if error.facts.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.facts.retry_after_seconds)))
    return Response(oauth_error_of(error), status_code=status, media_type="application/json", headers=headers)
