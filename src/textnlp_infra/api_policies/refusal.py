"""Refusals: how the gateway says no, in the same words and shapes as the service."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from textnlp.topology.declaration import Topology
from textnlp_infra.api_policies import expressions as csharp
from textnlp_infra.api_policies.element import choose, element, set_header, when
from textnlp_infra.api_policies.operation import APIS, Api

_PROBLEM_TYPE = "application/problem+json"
_OPENAI_TYPE = "application/json"
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way to refuse, as the service answers it.

    Attributes:
        code: the stable code of the problem document.
        openai_type: the type of OpenAI's error.
        openai_code: the code of OpenAI's error, where it is another one.
        openai_status: the status under OpenAI's paths, where it is another one.
        challenge: the error of RFC 6750 that `WWW-Authenticate` names.
    """

    code: str
    status: int
    title: str
    openai_type: str = "invalid_request_error"
    openai_code: str | None = None
    openai_status: int | None = None
    challenge: str | None = None


UNAUTHENTICATED = Kind(
    code="unauthenticated",
    status=401,
    title="Not authenticated",
    openai_type="authentication_error",
    openai_code="invalid_api_key",
    challenge="invalid_token",
)
FORBIDDEN = Kind(
    code="forbidden",
    status=403,
    title="Forbidden",
    openai_type="permission_error",
    challenge="insufficient_scope",
)
NOT_FOUND = Kind(code="not_found", status=404, title="Not found")
TOO_LARGE = Kind(code="too_large", status=413, title="Too large")
CONTENT_FILTERED = Kind(
    code="content_filtered",
    status=422,
    title="Stopped by a content filter",
    openai_code="content_filter",
    openai_status=400,
)
RATE_LIMITED = Kind(
    code="rate_limited",
    status=429,
    title="Too many requests",
    openai_type="rate_limit_error",
    openai_code="rate_limit_exceeded",
)
INTERNAL = Kind(code="internal", status=500, title="Internal error", openai_type="server_error")
UNAVAILABLE = Kind(code="unavailable", status=503, title="Unavailable", openai_type="server_error")
TIMEOUT = Kind(code="timeout", status=504, title="Timed out", openai_type="server_error")

KINDS = (
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    TOO_LARGE,
    CONTENT_FILTERED,
    RATE_LIMITED,
    INTERNAL,
    UNAVAILABLE,
    TIMEOUT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that ends a call at the gateway.

    Attributes:
        detail: what happened, as C# that makes a text.
        limit_name: the limit that is used up.
        wait: the seconds to wait, as C# that makes a text.
    """

    kind: Kind
    detail: str
    limit_name: str | None = None
    wait: str | None = None


def answer(refusal: Refusal, *, topology: Topology, api: Api | None = None) -> ET.Element:
    """Return the policy that answers with a refusal: in the shape of `api`, else of the API that was called."""
    if api is not None:
        return _response(refusal, topology, speaks_openai=api.speaks_openai)
    speaks_openai = csharp.expression(csharp.is_api(api.name for api in APIS if api.speaks_openai))
    return choose(
        when(speaks_openai, _response(refusal, topology, speaks_openai=True)),
        otherwise=[_response(refusal, topology, speaks_openai=False)],
    )


def standing_headers(topology: Topology) -> list[ET.Element]:
    """Return the policies that put on a response what every response carries."""
    return [
        *(set_header(name, value) for name, value in topology.response_headers),
        set_header("X-Request-Id", csharp.expression(csharp.variable(csharp.REQUEST_ID))),
    ]


def _response(refusal: Refusal, topology: Topology, *, speaks_openai: bool) -> ET.Element:
    kind = refusal.kind
    status = (kind.openai_status if speaks_openai else None) or kind.status
    headers = [set_header("Content-Type", _OPENAI_TYPE if speaks_openai else _PROBLEM_TYPE)]
    if kind.challenge is not None:
        headers.append(set_header("WWW-Authenticate", f'Bearer realm="textnlp", error="{kind.challenge}"'))
    if refusal.wait is not None:
        headers.append(set_header("Retry-After", csharp.expression(refusal.wait)))
    body = _openai_body(refusal) if speaks_openai else _problem_body(refusal)
    return element(
        "return-response",
        element("set-status", code=str(status), reason=_REASONS[status]),
        *headers,
        *standing_headers(topology),
        element("set-body", text=csharp.expression(f"{body}.ToString()")),
    )


def _problem_body(refusal: Refusal) -> str:
    kind = refusal.kind
    members = [
        ("type", csharp.text(f"urn:textnlp:problem:{kind.code}")),
        ("code", csharp.text(kind.code)),
        ("title", csharp.text(kind.title)),
        ("status", str(kind.status)),
        ("detail", refusal.detail),
        ("request_id", csharp.variable(csharp.REQUEST_ID)),
    ]
    if refusal.limit_name is not None:
        members.append(("limit_name", csharp.text(refusal.limit_name)))
    if refusal.wait is not None:
        members.append(("retry_after_seconds", f"int.Parse({refusal.wait})"))
    return csharp.json_object(members)


def _openai_body(refusal: Refusal) -> str:
    kind = refusal.kind
    error = csharp.json_object(
        [
            ("message", refusal.detail),
            ("type", csharp.text(kind.openai_type)),
            ("param", "(object)null"),
            ("code", csharp.text(kind.openai_code or kind.code)),
        ]
    )
    return csharp.json_object([("error", error)])
