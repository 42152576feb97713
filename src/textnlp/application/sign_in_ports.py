"""The ports of the use cases around signing in."""

from dataclasses import dataclass

from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.clock import Clock
from textnlp.ports.sign_in_store import SignInStore
from textnlp.ports.token_issuer import TokenIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPorts:
    """What signing in stands on."""

    clients: ClientRegistry
    store: SignInStore
    issuer: TokenIssuer
    clock: Clock
