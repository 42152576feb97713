"""Who asks a resource of Azure AI, found anew for each request."""

from collections.abc import Mapping
from typing import Protocol

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import COGNITIVE_SERVICES, AccessTokens
from textnlp.ports.secret_source import SecretSource


class ResourceIdentity(Protocol):
    """Gives the headers that identify the caller."""

    async def headers(self) -> Mapping[str, str]:
        """Return the headers for one request."""
        ...

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether, after the headers `refused` were not taken, there are others to try."""
        ...

    async def aclose(self) -> None:
        """Close connections; closing twice is harmless."""
        ...


class TokenIdentity:
    """Shows the token of this process that is good at the moment; owns `tokens`."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens

    async def headers(self) -> Mapping[str, str]:
        """Return a token; raises what `AccessTokens.token` does."""
        return bearer((await self._tokens.token(COGNITIVE_SERVICES)).value)

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether a new token has been given meanwhile."""
        return await self.headers() != refused

    async def aclose(self) -> None:
        """Close the connections to Entra ID."""
        await self._tokens.aclose()


class SecretIdentity:
    """Shows the key that a secret holds at the moment."""

    def __init__(self, source: SecretSource, name: str) -> None:
        self._source = source
        self._name = name

    async def headers(self) -> Mapping[str, str]:
        """Return the key; raises what `SecretSource.read` does, and `INVALID_INPUT` for what no header can carry."""
        key = await self._source.read(self._name)
        if not (key.isascii() and key.isprintable()):
            told = f"The secret {self._name} holds a character that no HTTP header can carry."
            hint = "Set it anew: a key is one line of letters, digits and punctuation."
            raise TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
        return subscription_key(key)

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Read the secret again; whether it is another than the one that was refused."""
        self._source.forget(self._name)
        return await self.headers() != refused

    async def aclose(self) -> None:
        """Do nothing: a source has no connections."""


def bearer(token: str) -> dict[str, str]:
    """Return the header for a token."""
    return {"Authorization": f"Bearer {token}"}


def subscription_key(key: str) -> dict[str, str]:
    """Return the header for one of the resource's keys."""
    return {"Ocp-Apim-Subscription-Key": key}
