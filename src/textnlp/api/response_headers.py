"""The headers of responses, as the OpenAPI document describes them."""

from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from textnlp.api.openapi import Description

_REQUEST_ID = "X-Request-Id"
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def _header(meaning: str, kind: str, example: Any) -> dict[str, Any]:
    return {"description": meaning, "schema": {"type": kind}, "example": example}


HEADERS = MappingProxyType(
    {
        _REQUEST_ID: _header(
            "The id of the request in logs: the one that it brought, else one made for it.",
            "string",
            "req_01kx3v9qe8m2t6f0r7w4z1c5ny",
        ),
        "RateLimit-Limit": _header("What the caller's tightest limit allows in its period.", "integer", 1000),
        "RateLimit-Remaining": _header("What is left of it.", "integer", 987),
        "RateLimit-Reset": _header("Seconds until all of it is free again.", "integer", 12),
        "Retry-After": _header("Seconds after which the same call has room again.", "integer", 12),
        "Idempotency-Replayed": _header(
            "There where the call was made before with the same `Idempotency-Key`, and this is its answer.",
            "boolean",
            "true",
        ),
        "WWW-Authenticate": _header(
            "What is wrong with the credentials, in the words of RFC 6750.",
            "string",
            'Bearer realm="textnlp", error="invalid_token", error_description="The token expired."',
        ),
        "Location": _header(
            "Where what was made is found.", "string", "/api/v1/batches/batch_01kx3v9qe8m2t6f0r7w4z1c5ny"
        ),
    },
)
"""By name."""

_OF_STATUS = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
        HTTPStatus.FORBIDDEN: "WWW-Authenticate",
        HTTPStatus.TOO_MANY_REQUESTS: "Retry-After",
    },
)


def headers_of(description: Description, status: int) -> dict[str, Any]:
    """Return references to the headers that a route answers a status with."""
    names = [_REQUEST_ID]
    is_let_in = description.grant is not None and status < HTTPStatus.BAD_REQUEST
    if is_let_in:
        names += _LIMITS
    if description.takes_idempotency_key and status < HTTPStatus.BAD_REQUEST:
        names.append("Idempotency-Replayed")
    if (description.is_located and status == HTTPStatus.ACCEPTED) or status == HTTPStatus.SEE_OTHER:
        names.append("Location")
    if status in _OF_STATUS:
        names.append(_OF_STATUS[HTTPStatus(status)])
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
