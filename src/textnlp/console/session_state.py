"""What is known of a request to the console beside what the API knows of requests."""

from dataclasses import dataclass, field
from typing import Any

from litestar.types import Message, Scope

from textnlp.application.keep_sessions import OpenSession, SessionKeeper
from textnlp.console.session_cookies import SESSION, cookie_header
from textnlp.ports.clock import Clock

_KEY = "textnlp_console"


@dataclass(slots=True, kw_only=True)
class ConsoleRequest:
    """What is known of one request.

    Attributes:
        keeper: of sessions; None on a platform that asks nobody who they are.
        session: of whoever makes the request; None for whoever has none.
        is_over: a session was brought that has ended.
        form_secret: what its forms' tokens are made from.
        has_form_cookie: the browser keeps that secret, as it does with that of a session.
        cookies: headers for the answer, whatever it is.
    """

    keeper: SessionKeeper | None
    session: OpenSession | None = None
    is_over: bool = False
    form_secret: str = field(repr=False)
    has_form_cookie: bool
    cookies: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]], repr=False)


def remember_request(scope: Any, known: ConsoleRequest) -> None:
    """Note what is known of a request."""
    state: dict[str, Any] = scope["state"]
    state[_KEY] = known


def find_console_request(scope: Any) -> ConsoleRequest | None:
    """Return what is known of a request; None where nothing stands before the doorkeeper that could know it."""
    state: dict[str, Any] = scope["state"]
    return state.get(_KEY)


def console_request_of(scope: Any) -> ConsoleRequest:
    """Return what is known of a request to the console, which must be served with its front."""
    known: ConsoleRequest = scope["state"][_KEY]
    return known


def session_cookie(scope: Any, session: OpenSession, *, clock: Clock) -> tuple[bytes, bytes]:
    """Return the header that gives a session to the browser, for as long as it lasts at most."""
    seconds = max(0, int((session.stored.expires_at - clock.now()).total_seconds()))
    return cookie_header(scope, SESSION, session.secret, seconds=seconds)


async def add_cookies(message: Message, scope: Scope) -> None:
    """Put the cookies of a request to the console on its answer, an error's too."""
    known = find_console_request(scope)
    if known is not None and message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], *known.cookies]
        known.cookies.clear()
