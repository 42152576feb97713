"""What this process shows to services of Azure."""

from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.clock.system import SystemClock
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.clock import Clock

_CLOCK: Clock = SystemClock()


def access_tokens() -> AccessTokens:
    """Return the tokens of whoever this process is, for one event loop; connects to nothing before one is asked for."""
    return EntraAccessTokens(clock=_CLOCK)
