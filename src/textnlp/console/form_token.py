"""Proof that a request that changes something was sent from a page that the console showed to the same browser."""

import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Request
from litestar.types import Receive

from textnlp.api.dependencies import services_of
from textnlp.api.form_fields import FORM as URL_ENCODED
from textnlp.api.request_body import read_body
from textnlp.console.session_cookies import FORM, cookie_header
from textnlp.console.session_state import ConsoleRequest, find_console_request
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identity.session import SESSION_HOURS, form_token

FIELD = "form_token"
"""Name of the field, or of the parameter of an upload's address, that brings the token."""

HEADER = "X-Form-Token"
"""Header that brings it."""

_MOST_FORM_BYTES = 1 << 20
_MOST_FIELDS = 1000
_MULTIPART = "multipart/form-data"
_SAME_ORIGIN = "same-origin"


def form_token_of(request: Request[Any, Any, Any]) -> str:
    """Return what a form of the console has to bring back: as `FIELD`, or with htmx as `HEADER`.

    It stays the same for as long as somebody is signed in. An upload (multipart) brings it in its address or as the
    header, for its body is not looked into. The answer to `request` may get a cookie by this. It is empty where the
    console is served without its front, and then nothing is let through that changes something.
    """
    known = find_console_request(request.scope)
    if known is None:
        return ""
    if not known.has_form_cookie:
        known.has_form_cookie = True
        seconds = SESSION_HOURS * 3600
        known.cookies.append(cookie_header(request.scope, FORM, known.form_secret, seconds=seconds, same_site="Strict"))
    return form_token(known.form_secret)


async def require_own_form(scope: Any, receive: Receive, known: ConsoleRequest) -> Receive:
    """Return from where the body of a request is to be read that a page of the console sent.

    A form comes without its token from there. Raises `FORBIDDEN` for any other request, and `TOO_LARGE` for a form of
    more than 1 MB.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    require_same_origin(scope, headers)
    brought, onward = await _brought(scope, receive, headers)
    expected = form_token(known.form_secret)
    if not known.has_form_cookie or not hmac.compare_digest(brought.encode("utf-8", "replace"), expected.encode()):
        raise _foreign()
    return onward


def require_same_origin(scope: Any, headers: dict[bytes, str]) -> None:
    """Return for a request whose browser says that a page of this very address sent it, or says nothing.

    Raises `FORBIDDEN` otherwise.
    """
    if headers.get(b"sec-fetch-site", _SAME_ORIGIN) != _SAME_ORIGIN:
        raise _foreign()
    origin = headers.get(b"origin")
    if origin is not None and _authority(origin) not in _own_authorities(scope, headers):
        raise _foreign()


async def _brought(scope: Any, receive: Receive, headers: dict[bytes, str]) -> tuple[str, Receive]:
    """Return the token of a request, and from where its body is to be read."""
    header = headers.get(HEADER.lower().encode())
    if header is not None:
        return header, receive
    media_type = headers.get(b"content-type", "").partition(";")[0].strip().lower()
    if media_type == _MULTIPART:
        return _single(scope["query_string"].decode("latin-1")), receive
    if media_type != URL_ENCODED:
        return "", receive
    body = await read_body(Request(scope, receive), max_bytes=_MOST_FORM_BYTES)
    pairs = [pair for pair in body.split(b"&") if not pair.startswith(f"{FIELD}=".encode())]
    return _single(body.decode("latin-1")), _replayed(b"&".join(pairs), receive)


def _single(text: str) -> str:
    try:
        found = parse_qs(text, max_num_fields=_MOST_FIELDS).get(FIELD, [])
    except ValueError:
        return ""
    return found[0] if len(found) == 1 else ""


def _replayed(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def again() -> Any:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _own_authorities(scope: Any, headers: dict[bytes, str]) -> set[str]:
    told = services_of(scope).platform.gateway.public_url
    return {headers.get(b"host", "").lower(), *([] if told is None else [_authority(told)])} - {""}


def _authority(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _foreign() -> TextNLPError:
    return TextNLPError(
        "This was not sent from a page of the console, or from one that is too old.",
        kind=ErrorKind.FORBIDDEN,
        facts=ErrorFacts(hint="Load the page again and repeat it; cookies of this address must be allowed."),
    )
