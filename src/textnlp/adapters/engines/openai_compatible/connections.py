"""Kept-alive connections to an endpoint, what comes over them, and what their failures mean."""

import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import aiohttp

from textnlp.adapters.engines.openai_compatible.server_sent_events import EventParser
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

MAX_BODY_BYTES = 16 << 20
"""A larger answer is refused: no completion is that long, and a row must not fill the memory."""

_CONNECT_SECONDS = 15.0
_REMEMBERED_TIMEOUTS = 64
_IDLE_SECONDS = 4.0
"""Below the five seconds after which uvicorn, and so vLLM, closes an idle connection under the next request."""

_HEADERS = {"Content-Type": "application/json", "User-Agent": "textnlp"}
_DONE = b"[DONE]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """How an endpoint is connected to.

    Attributes:
        max_connections: connections at most; calls beyond that wait, which counts towards their timeout.
        proxy: URL of an HTTP proxy; the environment is not looked at, which aiohttp would do again for every call.
    """

    max_connections: int = 256
    proxy: str | None = None


class Connections:
    """Opens the connections of one event loop on first use."""

    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}
        self._is_closed = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session; raises `UNAVAILABLE` after `aclose`."""
        if self._session is None:
            if self._is_closed:
                raise TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)
            connector = aiohttp.TCPConnector(
                limit=self._options.max_connections,
                ttl_dns_cache=300,
                keepalive_timeout=_IDLE_SECONDS,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=_HEADERS,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
                proxy=self._options.proxy,
            )
        return self._session

    def timeout(self, seconds: float) -> aiohttp.ClientTimeout:
        """Return the timeout of one call that may take `seconds` in all."""
        timeout = self._timeouts.get(seconds)
        if timeout is None:
            if len(self._timeouts) >= _REMEMBERED_TIMEOUTS:
                self._timeouts.clear()
            timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS))
            self._timeouts[seconds] = timeout
        return timeout

    async def aclose(self) -> None:
        """Close all connections; closing twice is harmless."""
        self._is_closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def read_bounded(response: aiohttp.ClientResponse) -> bytes:
    """Read a body; raise `BAD_RESPONSE` when it is larger than `MAX_BODY_BYTES` once unpacked."""
    length = response.content_length
    if length is not None and length <= MAX_BODY_BYTES and "Content-Encoding" not in response.headers:
        return await response.read()
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise TextNLPError(f"The answer is larger than {MAX_BODY_BYTES} bytes.", kind=ErrorKind.BAD_RESPONSE)
    return bytes(body)


async def read_events(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    """Yield the data of the events of a stream until `[DONE]` or its end."""
    parser = EventParser(max_event_bytes=MAX_BODY_BYTES)
    async for piece in response.content.iter_any():
        for data in parser.feed(piece):
            if data == _DONE:
                return
            yield data
    for data in parser.end():
        if data != _DONE:
            yield data


def connection_error(exc: BaseException, *, origin: str, timeout_seconds: float) -> TextNLPError:
    """Make the error for a call that ended without a response."""
    facts = None
    match exc:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            message, kind = f"{origin} cannot be reached: {_reason(exc)}.", ErrorKind.UNAVAILABLE
            facts = ErrorFacts(hint="Check the base URL, and that the server runs.")
        case TimeoutError():
            message, kind = f"{origin} did not answer within {timeout_seconds:g} s.", ErrorKind.TIMEOUT
        case aiohttp.ClientResponseError():
            message, kind = f"{origin} did not answer in HTTP: {_reason(exc)}.", ErrorKind.BAD_RESPONSE
        case _:
            message, kind = f"{origin} broke off the connection: {_reason(exc)}.", ErrorKind.UNAVAILABLE
    return TextNLPError(message, kind=kind, facts=facts)


def _reason(exc: BaseException) -> str:
    """Return what the system said, without the request that aiohttp repeats."""
    if isinstance(exc, aiohttp.ClientConnectorCertificateError | ssl.SSLError):
        return "its certificate is not valid"
    if isinstance(exc, aiohttp.ClientConnectorError):
        return (exc.os_error.strerror or str(exc.os_error)).lower()
    if isinstance(exc, aiohttp.ClientResponseError):
        return " ".join(exc.message.split()) or "the response is malformed"
    return str(exc).rstrip(".") or type(exc).__name__
