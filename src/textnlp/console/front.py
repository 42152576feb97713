"""How people are known who use the console: by the session that a cookie of their browser stands for."""

from collections.abc import Iterator

from textnlp.api.front import Front
from textnlp.api.routes.sign_in import AUTHORIZE_PATH
from textnlp.application.keep_sessions import SessionKeeper
from textnlp.application.local_sign_in import LocalSignIn
from textnlp.application.session_ports import SessionPorts
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.bootstrap.platform import Platform
from textnlp.console.session_bearer import SessionBearer
from textnlp.console.session_state import add_cookies
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.sign_in_issuer import SignInIssuer

LOCAL = "local"
"""By which name sessions remember the platform's own issuer."""

OUTSIDE = "outside"
"""By which name they remember the one of the settings."""


def console_front(platform: Platform) -> Front:
    """Return what stands before the doorkeeper where the console is served."""
    bearer = SessionBearer(session_keeper(platform), clock=platform.clock)
    return Front(middleware=[bearer], before_send=[add_cookies])


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
