"""Secrets in Azure Key Vault."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.missing_extra import missing_extra
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.exceptions import HttpResponseError
    from azure.keyvault.secrets.aio import SecretClient

_NAME = re.compile(r"[0-9A-Za-z-]{1,127}", re.ASCII)
_KEEP_SECONDS = 300.0
_LEAST_SECONDS_BETWEEN_READS = 10.0
_CONNECT_SECONDS = 5
_READ_SECONDS = 10
_RETRIES = 2
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ROLE = "Give the identity of this process the role Key Vault Secrets User on the vault, and wait some minutes."


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str = field(repr=False)
    read_at: float
    is_doubted: bool = False


class KeyVaultSecrets:
    """Satisfies the `SecretSource` port with the vault at `vault_url`, within one event loop.

    A value is kept for five minutes. While the vault cannot be reached, or asks for fewer calls, what is kept goes on
    being used. A value that was refused is read again at once, though not within ten seconds of the last read, so that
    a wrong secret does not make every call ask the vault. Connections are closed after each read.

    Args:
        vault_url: such as `https://NAME.vault.azure.net`.
        open_credential: opens the credential of this process, for one read.
        clock: says when a value is old.
        ca_file: the only authorities that are trusted, where given.
    """

    def __init__(
        self,
        vault_url: str,
        *,
        open_credential: Callable[[], "AsyncTokenCredential"],
        clock: Clock,
        ca_file: Path | None = None,
    ) -> None:
        """Connect to nothing; raise `INVALID_INPUT` for an address without https."""
        place = urlsplit(vault_url)
        if place.scheme != "https" or not place.hostname:
            told = "The address of the Key Vault is not one of https."
            hint = "Write TEXTNLP_KEY_VAULT_URL as https://NAME.vault.azure.net."
            raise TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
        self._url = vault_url
        self._host = place.hostname
        self._open_credential = open_credential
        self._clock = clock
        self._ca_file = ca_file
        self._kept: dict[str, _Kept] = {}
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, name: str) -> str:
        """Return the secret, the kept one where it is not old."""
        require_secret_name(name)
        async with self._reading[name]:
            kept = self._kept.get(name)
            if kept is not None and not self._is_old(kept):
                return kept.value
            try:
                value = await self._fetch(name)
            except TextNLPError as error:
                if kept is None or error.kind not in {ErrorKind.UNAVAILABLE, ErrorKind.RATE_LIMITED}:
                    raise
                value = kept.value
            self._kept[name] = _Kept(value, self._clock.monotonic())
            return value

    def forget(self, name: str) -> None:
        """Doubt what is kept."""
        kept = self._kept.get(name)
        if kept is not None:
            self._kept[name] = _Kept(kept.value, kept.read_at, is_doubted=True)

    def _is_old(self, kept: _Kept) -> bool:
        age = self._clock.monotonic() - kept.read_at
        return age >= (_LEAST_SECONDS_BETWEEN_READS if kept.is_doubted else _KEEP_SECONDS)

    async def _fetch(self, name: str) -> str:
        async with self._open_credential() as credential, self._client(credential) as client:
            from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415  an extra

            try:
                secret = await client.get_secret(name)
            except HttpResponseError as exc:
                raise self._refusal(name, exc) from exc
            except AzureError as exc:
                raise self._error(
                    "cannot be reached", "Check its name, and the private endpoint and DNS zone.", ErrorKind.UNAVAILABLE
                ) from exc
        value = (secret.value or "").strip()
        if not value:
            raise self._error(f"holds nothing under {name}", "Set the secret's value.", ErrorKind.INVALID_INPUT)
        return value

    def _client(self, credential: "AsyncTokenCredential") -> "SecretClient":
        try:
            from azure.keyvault.secrets.aio import SecretClient  # noqa: PLC0415  an extra
        except ImportError as exc:
            told = "The settings name an Azure Key Vault, and the library for it is not installed."
            raise missing_extra(told, extra="azure") from exc
        trust = {} if self._ca_file is None else {"connection_verify": str(self._ca_file)}
        return SecretClient(
            self._url,
            credential,
            verify_challenge_resource=self._host not in _LOOPBACK,
            retry_total=_RETRIES,
            connection_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            **trust,
        )

    def _refusal(self, name: str, exc: "HttpResponseError") -> TextNLPError:
        match exc.status_code:
            case 404:
                hint = "Correct the name after keyvault:, or make the secret: az keyvault secret set."
                return self._error(f"has no secret {name}", hint, ErrorKind.NOT_FOUND)
            case 401 | 403 if "disabled" in exc.message.casefold():
                return self._error(f"has the secret {name} disabled", "Enable the secret.", ErrorKind.FORBIDDEN)
            case 401 | 403 if "forbiddenbyfirewall" in exc.message.casefold():
                hint = "Reach it through its private endpoint, or let this network in."
                return self._error("lets this network not in", hint, ErrorKind.FORBIDDEN)
            case 401 | 403:
                return self._error(f"does not let this process read {name}", _ROLE, ErrorKind.FORBIDDEN)
            case 429:
                return self._error("asks for fewer calls", "Wait a little.", ErrorKind.RATE_LIMITED)
            case status:
                return self._error(f"answered {status}", "Wait, or look at Azure's status.", ErrorKind.UNAVAILABLE)

    def _error(self, told: str, hint: str, kind: ErrorKind) -> TextNLPError:
        return TextNLPError(f"The Key Vault {self._host} {told}.", kind=kind, facts=ErrorFacts(hint=hint))


def require_secret_name(name: str) -> None:
    """Raise `INVALID_INPUT` for what Key Vault does not take as the name of a secret."""
    if not _NAME.fullmatch(name):
        told = f"{name!r} is no name of a secret in a Key Vault."
        hint = "A name has letters, digits and dashes, 127 at most."
        raise TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
