"""The console as a site beside the API."""

from collections.abc import Iterator, Sequence
from typing import Any

from litestar import Request, Response, Router
from litestar.types import ControllerRouterHandler

from textnlp.api.problems import answer_error
from textnlp.api.routes.sign_in import AUTHORIZE_PATH
from textnlp.api.site import Site
from textnlp.application.keep_sessions import SessionKeeper
from textnlp.application.local_sign_in import LocalSignIn
from textnlp.application.session_ports import SessionPorts
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.bootstrap.platform import Platform
from textnlp.console.session_bearer import SessionBearer
from textnlp.console.session_cookies import CONSOLE
from textnlp.console.session_state import add_cookies
from textnlp.console.sign_in import SIGN_IN_HANDLERS
from textnlp.console.unauthenticated import answer_unauthenticated
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.sign_in_issuer import SignInIssuer

LOCAL = "local"
"""By which name sessions remember the platform's own issuer."""

OUTSIDE = "outside"
"""By which name they remember the one of the settings."""


def console_site(platform: Platform, pages: Sequence[ControllerRouterHandler] = ()) -> Site:
    """Return the site with `pages`, which are below `/console`, and with signing in where callers must say who."""
    router = Router(
        CONSOLE,
        route_handlers=[*SIGN_IN_HANDLERS, *pages],
        exception_handlers={TextNLPError: answer_console_error},
    )
    bearer = SessionBearer(session_keeper(platform), clock=platform.clock)
    return Site(handlers=[router], fronts=[bearer], before_send=[add_cookies])


def answer_console_error(request: Request[Any, Any, Any], error: TextNLPError) -> Response[Any]:
    """Send whoever has to sign in to do so; tell everybody else what is wrong."""
    is_own = error.facts.status_code is None
    if error.kind is ErrorKind.UNAUTHENTICATED and is_own:
        return answer_unauthenticated(request, error)
    return answer_error(request, error)


def session_keeper(platform: Platform) -> SessionKeeper | None:
    """Return what keeps the sessions of a platform, None where it asks nobody who they are."""
    gateway = platform.gateway
    if gateway.authenticator is None:
        return None
    return SessionKeeper(
        SessionPorts(
            store=gateway.sessions,
            issuers=dict(_issuers(platform, gateway.authenticator)),
            authenticator=gateway.authenticator,
            clock=platform.clock,
        )
    )


def _issuers(platform: Platform, authenticator: Authenticator) -> Iterator[tuple[str, SignInIssuer]]:
    gateway = platform.gateway
    if gateway.issuer is not None:
        ports = SignInPorts(
            clients=gateway.clients, store=gateway.sign_ins, issuer=gateway.issuer, clock=platform.clock
        )
        yield LOCAL, LocalSignIn(ports, authorize_path=AUTHORIZE_PATH, authenticator=authenticator)
    if gateway.outside_issuer is not None:
        yield OUTSIDE, gateway.outside_issuer
