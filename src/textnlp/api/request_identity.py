"""The id by which a request is found again in logs and answers."""

import re
from typing import Any

from litestar.types import Message, Scope

from textnlp.api.dependencies import services_of
from textnlp.domain.identifiers import new_request_id
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import PAGE_HEADERS

_HEADER = b"x-request-id"
_STATE_KEY = "textnlp_request_id"
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TLS_ONLY = "Strict-Transport-Security"

_TLS_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in TOPOLOGY.response_headers)
_PAGE_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in PAGE_HEADERS)
_POLICY = _PAGE_HEADERS[0][0]
_PLAIN_HEADERS = tuple(pair for pair in _TLS_HEADERS if pair[0] != _TLS_ONLY.lower().encode())


def request_id_of(scope: Any) -> str:
    """Return the request's id: the one it brought when that is short and plain, else one made for it."""
    state: dict[str, Any] = scope["state"]
    known = state.get(_STATE_KEY)
    if known is None:
        known = state[_STATE_KEY] = _brought(scope) or new_request_id(services_of(scope).platform.clock.now())
    return known


async def add_response_headers(message: Message, scope: Scope) -> None:
    """Put the request's id, and what the topology wants on every response, on a response that begins."""
    if message["type"] == "http.response.start":
        headers = _TLS_HEADERS if scope["scheme"] == "https" else _PLAIN_HEADERS
        own = list(message["headers"])
        if _is_page(own):
            own += _PAGE_HEADERS
        message["headers"] = [*own, *headers, (_HEADER, request_id_of(scope).encode())]


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether this is an HTML page without a policy of its own."""
    is_page = False
    for name, value in headers:
        if name == b"content-type":
            is_page = value.startswith(b"text/html")
        elif name == _POLICY:
            return False
    return is_page


def _brought(scope: Any) -> str | None:
    for name, value in scope["headers"]:
        if name == _HEADER:
            text = value.decode("latin-1")
            return text if _SANE.fullmatch(text) else None
    return None
