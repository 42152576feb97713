"""What somebody gets who has to sign in first."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from litestar import Request, Response

from textnlp.console.session_state import find_console_request
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identity.sign_in_flow import HOME, safe_next

SIGN_IN = "/console/sign-in"
"""Where people begin to sign in."""

EXPIRED = "expired"
"""The `note` there that tells somebody that a session has ended."""

_READING_METHODS = frozenset({"GET", "HEAD"})
_NAVIGATE = "navigate"


def answer_unauthenticated(request: Request[Any, Any, Any], _error: TextNLPError) -> Response[None]:
    """Send a page's reader to sign in, and htmx too; a script that asks for something else gets nothing but 401."""
    is_htmx = request.headers.get("hx-request") == "true"
    is_followed = request.headers.get("sec-fetch-mode", _NAVIGATE) == _NAVIGATE
    fields = {"next": _wanted(request, is_htmx=is_htmx)}
    known = find_console_request(request.scope)
    had_session = known is not None and (known.is_over or known.session is not None)
    # After a form, browsers refuse to be sent to another host, so that a page of ours has to come in between.
    if had_session or request.method not in _READING_METHODS:
        fields["note"] = EXPIRED
    address = f"{SIGN_IN}?{urlencode(fields)}"
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request"}
    if is_htmx or not is_followed:
        return Response(None, status_code=HTTPStatus.UNAUTHORIZED, headers={**headers, "HX-Redirect": address})
    return Response(None, status_code=HTTPStatus.SEE_OTHER, headers={**headers, "Location": address})


def _wanted(request: Request[Any, Any, Any], *, is_htmx: bool) -> str:
    """Return the page that somebody was about to see; what a form was sent to is none."""
    if is_htmx:
        try:
            shown = urlsplit(request.headers.get("hx-current-url", ""))
        except ValueError:
            return HOME
        return safe_next(f"{shown.path}?{shown.query}" if shown.query else shown.path)
    if request.method not in _READING_METHODS:
        return HOME
    query = request.scope["query_string"].decode("latin-1")
    path = quote(request.scope["path"])
    return safe_next(f"{path}?{query}" if query else path)
