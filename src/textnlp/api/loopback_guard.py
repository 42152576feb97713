"""Keeps pages in a browser on this machine from using an API that asks for no credentials."""

from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from textnlp.api.binding import host_of
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.loopback import is_loopback

_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class LoopbackGuard(ASGIMiddleware):
    """Refuses requests that were addressed to another name, and writes that a foreign page sent.

    The first stops DNS rebinding: a page whose own name was made to point here. The second stops a page from
    posting a form here; what it reads is kept from it by the browser, for no response allows other origins.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on or raise `FORBIDDEN`."""
        headers = dict(scope["headers"])
        require_own_name(headers.get(b"host", b"").decode("latin-1"))
        is_writing = scope["type"] == ScopeType.HTTP and scope["method"] not in _READING_METHODS
        if is_writing and b"origin" in headers:
            require_own_origin(headers[b"origin"].decode("latin-1"))
        await next_app(scope, receive, send)


def require_own_name(authority: str) -> None:
    """Return when the Host header names this machine; raise `FORBIDDEN` otherwise."""
    if not is_loopback(host_of(authority)):
        raise TextNLPError(
            f"The request was addressed to {authority!r}, which is not how this platform is reached.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Address it to 127.0.0.1 or localhost."),
        )


def require_own_origin(origin: str) -> None:
    """Return when a page of this machine sent the request; raise `FORBIDDEN` otherwise."""
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        host = ""
    if not is_loopback(host):
        raise TextNLPError(
            f"A page of {origin!r} may not use this platform.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Call the API from a program, or from a page served by this machine."),
        )
