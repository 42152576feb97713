"""The tokens of this process, as the libraries of Azure want to be given them."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from textnlp.ports.access_tokens import AccessTokens

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken as AzureAccessToken


class TokenCredential:
    """Satisfies the libraries' `AsyncTokenCredential` with `tokens`, which it owns; raises what they raise."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens

    async def get_token(self, *scopes: str, **_: Any) -> "AzureAccessToken":
        """Return a token for the first scope, the only one that the libraries ask for."""
        from azure.core.credentials import AccessToken as AzureAccessToken  # noqa: PLC0415  an extra

        token = await self._tokens.token(scopes[0])
        return AzureAccessToken(token.value, int(token.expires_at.timestamp()))

    async def close(self) -> None:
        """Close the tokens; closing twice is harmless."""
        await self._tokens.aclose()

    async def __aenter__(self) -> Self:
        """Return this object."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Close the tokens."""
        await self.close()
