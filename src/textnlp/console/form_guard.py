"""Lets through what a page of the console sent, and nothing else that changes something."""

from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from textnlp.console.form_token import require_own_form
from textnlp.console.session_state import find_console_request
from textnlp.domain.errors import ErrorKind, TextNLPError

_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class FormGuard(ASGIMiddleware):
    """Stands before every page of the console, behind the doorkeeper.

    Raises `FORBIDDEN` for a request that changes something and does not bring the token of a form, and `INTERNAL`
    where the console is served without its front, which knows whose the token must be.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise."""
        if _changes_something(scope):
            known = find_console_request(scope)
            if known is None:
                raise TextNLPError("The console is served without its front.", kind=ErrorKind.INTERNAL)
            # Whoever has no session any more can only sign out, which does nothing then.
            if not known.is_over:
                receive = await require_own_form(scope, receive, known)
        await next_app(scope, receive, send)


def _changes_something(scope: Any) -> bool:
    return scope["type"] == ScopeType.HTTP and scope["method"] not in _READING_METHODS
