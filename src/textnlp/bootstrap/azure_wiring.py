"""What this process shows to services of Azure."""

from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessTokens


def access_tokens() -> AccessTokens:
    """Return the tokens of whoever this process is, for one event loop; connects to nothing before one is asked for."""
    return EntraAccessTokens(clock=SYSTEM_CLOCK)
