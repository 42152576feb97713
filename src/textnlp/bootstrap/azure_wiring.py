"""What this process shows to services of Azure."""

from dataclasses import dataclass

from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessToken, AccessTokens


@dataclass(frozen=True, slots=True)
class _LentTokens:
    """Satisfies the port with tokens that somebody else closes."""

    lender: AccessTokens

    async def token(self, scope: str) -> AccessToken:
        return await self.lender.token(scope)

    async def aclose(self) -> None:
        """Leave them open: others use them, too."""


def access_tokens(lent: AccessTokens | None = None) -> AccessTokens:
    """Return the tokens of whoever this process is, for one event loop; connects to nothing before one is asked for.

    A platform has them once, and lends them to its parts: with `lent` those are returned, and closing leaves them open.
    """
    return EntraAccessTokens(clock=SYSTEM_CLOCK) if lent is None else _LentTokens(lent)


def azure_credential(lent: AccessTokens | None = None) -> TokenCredential:
    """Return the same for a library of Azure."""
    return TokenCredential(access_tokens(lent))
