"""Tokens of Microsoft Entra ID, through the library that knows all the ways to an identity."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.missing_extra import missing_extra
from textnlp.ports.access_tokens import AccessToken
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential

_EARLY = timedelta(minutes=5)
_NO_IDENTITY = "Give the process a workload or managed identity, or run az login on a laptop."


class EntraAccessTokens:
    """Satisfies the `AccessTokens` port with `DefaultAzureCredential`.

    That is a workload identity in a pod, a managed identity on other services of Azure, and whoever ran `az login`
    on a laptop. A token is kept until five minutes before its end; those who ask at once wait for one request. When
    Entra ID cannot be reached, the kept token is shown for as long as it lasts.
    """

    def __init__(self, *, clock: Clock, ca_file: Path | None = None) -> None:
        """Connect to nothing yet; with `ca_file` only the authorities in it are trusted."""
        self._clock = clock
        self._ca_file = ca_file
        self._credential: DefaultAzureCredential | None = None
        self._kept: dict[str, AccessToken] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, scope: str) -> AccessToken:
        """Return a token for `scope`."""
        async with self._asking[scope]:
            kept = self._kept.get(scope)
            if kept is not None and kept.expires_at - _EARLY > self._clock.now():
                return kept
            try:
                self._kept[scope] = await self._fetch(scope)
            except TextNLPError:
                if kept is None or kept.expires_at <= self._clock.now():
                    raise
            return self._kept[scope]

    async def aclose(self) -> None:
        """Close the connections to Entra ID."""
        credential, self._credential = self._credential, None
        if credential is not None:
            await credential.close()

    async def _fetch(self, scope: str) -> AccessToken:
        credential = self._opened()
        from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415  an extra

        try:
            token = await credential.get_token(scope)
        except ClientAuthenticationError as exc:
            raise TextNLPError(
                f"This process cannot sign in to Azure for {scope.removesuffix('/.default')}.",
                kind=ErrorKind.UNAUTHENTICATED,
                facts=ErrorFacts(hint=_NO_IDENTITY),
            ) from exc
        except AzureError as exc:
            raise TextNLPError(
                "Microsoft Entra ID cannot be reached.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Check the network's way out; textnlp tries again by itself."),
            ) from exc
        return AccessToken(token.token, datetime.fromtimestamp(token.expires_on, UTC))

    def _opened(self) -> "DefaultAzureCredential":
        if self._credential is None:
            try:
                from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415  an extra
            except ImportError as exc:
                told = "The settings name a service of Azure, and the library for it is not installed."
                raise missing_extra(told, extra="azure") from exc
            trust = {} if self._ca_file is None else {"connection_verify": str(self._ca_file)}
            self._credential = DefaultAzureCredential(**trust)
        return self._credential
