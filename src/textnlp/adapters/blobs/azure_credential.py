"""The token of this process, as the two libraries for Azure Blob Storage want to be given it."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import STORAGE, AccessToken, AccessTokens

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken as AzureAccessToken
    from obstore.store import AzureBearerToken


class StorageCredential:
    """Shows one token of the `AccessTokens` port to obstore and to the library of Azure.

    obstore asks for it on threads of its own, where nothing can be awaited; so whoever calls obstore renews it first.
    """

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens
        self._shown: AccessToken | None = None

    async def renew(self) -> AccessToken:
        """Have a token that is good for some minutes more; raises what `AccessTokens.token` raises."""
        self._shown = await self._tokens.token(STORAGE)
        return self._shown

    def __call__(self) -> "AzureBearerToken":
        """Return the token to obstore."""
        if self._shown is None:
            raise TextNLPError("Azure Blob Storage was called before there was a token.", kind=ErrorKind.INTERNAL)
        return {"token": self._shown.value, "expires_at": self._shown.expires_at}

    async def get_token(self, *_scopes: str, **_options: Any) -> "AzureAccessToken":
        """Return the token to the library of Azure."""
        from azure.core.credentials import AccessToken as AzureAccessToken  # noqa: PLC0415  an extra

        token = await self.renew()
        return AzureAccessToken(token.value, int(token.expires_at.timestamp()))

    async def close(self) -> None:
        """Leave the tokens open: they are not this object's."""

    async def __aenter__(self) -> Self:
        """Return this object."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Leave the tokens open."""
