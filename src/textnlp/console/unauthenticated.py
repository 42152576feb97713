"""What somebody gets who has to sign in first."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from litestar import Request, Response

from textnlp.console.session_state import console_request_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identity.sign_in_flow import HOME, safe_next

SIGN_IN = "/console/sign-in"
"""Where people begin to sign in."""

EXPIRED = "expired"
"""The `note` there that tells somebody that a session has ended."""


def answer_unauthenticated(request: Request[Any, Any, Any], _error: TextNLPError) -> Response[None]:
    """Send a page's reader to sign in, and htmx too, which does not follow redirects to other pages by itself."""
    is_htmx = request.headers.get("hx-request") == "true"
    fields = {"next": _wanted(request, is_htmx=is_htmx)}
    known = console_request_of(request.scope)
    if known.is_over or known.session is not None:
        fields["note"] = EXPIRED
    address = f"{SIGN_IN}?{urlencode(fields)}"
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request"}
    if is_htmx:
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
    if request.method not in {"GET", "HEAD"}:
        return HOME
    query = request.scope["query_string"].decode("latin-1")
    path = quote(request.scope["path"])
    return safe_next(f"{path}?{query}" if query else path)
