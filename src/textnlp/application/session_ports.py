"""The ports of the use cases around sessions of the console."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.ports.authenticator import Authenticator
from textnlp.ports.clock import Clock
from textnlp.ports.session_store import SessionStore
from textnlp.ports.sign_in_issuer import SignInIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPorts:
    """What sessions stand on.

    Attributes:
        issuers: who signs people in, by the name under which sessions remember them.
        authenticator: knows whom an access token proves; the same that the API asks.
    """

    store: SessionStore
    issuers: Mapping[str, SignInIssuer]
    authenticator: Authenticator
    clock: Clock
