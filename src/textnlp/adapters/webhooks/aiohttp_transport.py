"""Posting to receivers of webhooks with aiohttp."""

import asyncio
import socket
import ssl
from collections.abc import Mapping

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver
from yarl import URL

from textnlp.adapters.webhooks.checked_resolver import CheckedResolver, open_public_socket
from textnlp.domain.admission.retry_after import retry_after_seconds
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.webhooks.model import KEPT_RESPONSE_BYTES
from textnlp.domain.webhooks.target import require_target
from textnlp.ports.webhook_transport import ReceiverAnswer

_FIELD = "url"
_CONNECTIONS = 64


class AiohttpWebhookTransport:
    """Satisfies the `WebhookTransport` port; each post has a connection of its own.

    Names are looked up for every connection, and it goes to the address that was checked: a name that changes its
    address between check and connection is caught (DNS rebinding). Proxies of the environment are not used, since
    they would connect in our place.

    Args:
        timeout_seconds: longest time of a look-up, and of a post with its look-up.
        allows_private: whether http, and addresses that are not public, will do.
        resolver: looks names up; the system's where None.
    """

    def __init__(
        self, *, timeout_seconds: float, allows_private: bool = False, resolver: AbstractResolver | None = None
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._allows_private = allows_private
        self._given_resolver = resolver
        self._resolver: AbstractResolver | None = None
        self._session: aiohttp.ClientSession | None = None
        self._is_closed = False

    async def check(self, url: str) -> None:
        """Return when `url` may be posted to."""
        require_target(url, allows_private=self._allows_private)
        parsed = URL(url)
        self._open()
        if self._resolver is None or parsed.host is None:
            return
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._resolver.resolve(parsed.host, parsed.port or 0, socket.AF_UNSPEC)
        except TextNLPError as error:
            raise TextNLPError(
                error.message, kind=error.kind, facts=ErrorFacts(field=_FIELD, hint=error.facts.hint)
            ) from error
        except (OSError, TimeoutError) as exc:
            raise invalid_input("The host of the URL is not known.", field=_FIELD) from exc

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        """Post once and return the answer."""
        require_target(url, allows_private=self._allows_private)
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                self._open().post(URL(url), headers=headers, data=body, allow_redirects=False) as response,
            ):
                beginning = await _beginning(response)
                return ReceiverAnswer(
                    status_code=response.status,
                    response=beginning.decode("utf-8", "replace"),
                    retry_after_seconds=retry_after_seconds(response.headers),
                )
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise self._failure(exc) from exc

    async def aclose(self) -> None:
        """Close all connections."""
        self._is_closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        if self._resolver is not None:
            await self._resolver.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            if self._is_closed:
                raise TextNLPError("The way out to webhooks is closed.", kind=ErrorKind.UNAVAILABLE)
            behind = self._given_resolver or DefaultResolver()
            self._resolver = behind if self._allows_private else CheckedResolver(behind)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver,
                    use_dns_cache=False,
                    force_close=True,
                    limit=_CONNECTIONS,
                    socket_factory=None if self._allows_private else open_public_socket,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                headers={"User-Agent": "textnlp", "Accept-Encoding": "identity"},
            )
        return self._session

    def _failure(self, exc: Exception) -> TextNLPError:
        """Name what went wrong without the address: inside a network it is nothing to tell to whoever named it."""
        match exc:
            case TimeoutError():
                return TextNLPError(f"No answer within {self._timeout_seconds:g} s.", kind=ErrorKind.TIMEOUT)
            case aiohttp.ClientConnectorDNSError():
                return TextNLPError("The host is not known.", kind=ErrorKind.UNAVAILABLE)
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
                return TextNLPError("The receiver's certificate is not valid.", kind=ErrorKind.UNAVAILABLE)
            case aiohttp.ClientConnectorError():
                return TextNLPError("The receiver cannot be reached.", kind=ErrorKind.UNAVAILABLE)
            case aiohttp.ClientResponseError():
                return TextNLPError("The receiver did not answer in HTTP.", kind=ErrorKind.BAD_RESPONSE)
            case _:
                return TextNLPError("The receiver broke off the connection.", kind=ErrorKind.UNAVAILABLE)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Return the first bytes of a body; the rest is not read, and goes with the connection."""
    read = bytearray()
    while len(read) < KEPT_RESPONSE_BYTES:
        piece = await response.content.read(KEPT_RESPONSE_BYTES - len(read))
        if not piece:
            break
        read += piece
    return bytes(read)
