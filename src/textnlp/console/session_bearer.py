"""Gives requests to the console the access token of the session whose cookie they bring."""

from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from textnlp.application.keep_sessions import SessionKeeper
from textnlp.console.session_cookies import CONSOLE, FORM, SESSION, cookie_of
from textnlp.console.session_state import ConsoleRequest, remember_request, session_cookie
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.session import generate_session_secret, is_session_secret
from textnlp.ports.clock import Clock

STATIC = f"{CONSOLE}/static/"
"""Files below this are everybody's, so that nobody's session is looked up for them."""

_CREDENTIALS = frozenset({b"authorization", b"api-key", b"x-api-key"})


class SessionBearer(ASGIMiddleware):
    """Stands before the doorkeeper, which lets in whoever the session's token proves, as it does with any token.

    Requests to other paths, and those that bring credentials of their own, go on as they are. Raises `UNAVAILABLE`
    where a session cannot be looked up or renewed.

    Args:
        keeper: of sessions; None where nobody has one, for nobody is asked who they are.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, keeper: SessionKeeper | None, *, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise."""
        if not f"{scope['path']}/".startswith(f"{CONSOLE}/"):
            await next_app(scope, receive, send)
            return
        is_credited = any(name in _CREDENTIALS for name, _ in scope["headers"])
        known = _anonymous(scope, self._keeper)
        remember_request(scope, known)
        if self._keeper is not None and not is_credited and not scope["path"].startswith(STATIC):
            await self._sign_in(scope, known, self._keeper)
        await next_app(scope, receive, send)

    async def _sign_in(self, scope: Any, known: ConsoleRequest, keeper: SessionKeeper) -> None:
        brought = cookie_of(scope, SESSION)
        if brought is None:
            return
        try:
            session = await keeper.use(brought)
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAUTHENTICATED:
                raise
            known.is_over = True
            return
        known.session = session
        known.form_secret, known.has_form_cookie = session.content.form_secret, True
        scope["headers"] = [*scope["headers"], (b"authorization", f"Bearer {session.content.access_token}".encode())]
        if session.secret != brought:
            known.cookies.append(session_cookie(scope, session, clock=self._clock))


def _anonymous(scope: Any, keeper: SessionKeeper | None) -> ConsoleRequest:
    kept = cookie_of(scope, FORM)
    if kept is not None and is_session_secret(kept):
        return ConsoleRequest(keeper=keeper, form_secret=kept, has_form_cookie=True)
    return ConsoleRequest(keeper=keeper, form_secret=generate_session_secret(), has_form_cookie=False)
