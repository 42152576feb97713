"""Services that are asked about rows over HTTP."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from textnlp.adapters.row_operators.bounded_body import read_bounded
from textnlp.adapters.row_operators.service_answer import RowAnswer, bad_answer, read_answer
from textnlp.application.ask_again import ask_all
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.admission.retry_after import retry_after_seconds
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

MOST_REQUESTS = 4
MOST_ANSWER_BYTES = 8 << 20
RETRIES = RetryPolicy(max_attempts=4, deadline_seconds=120, first_delay_seconds=0.5, longest_delay_seconds=10)

_CONNECTIONS = 64
_HEADERS = {"Content-Type": "application/json", "User-Agent": "textnlp", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReach:
    """Where connections may lead.

    Attributes:
        resolver: makes what looks names up; the system's where None.
        open_socket: opens the socket of every connection, and may refuse an address; any where None.
    """

    resolver: Callable[[], AbstractResolver] | None = None
    open_socket: Callable[[Any], socket.socket] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowService:
    """A service that is asked.

    Attributes:
        token: sent as bearer token; never part of a message.
        timeout_seconds: longest time of one request.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0

    @property
    def origin(self) -> str:
        """Scheme, host and port, for messages."""
        return str(URL(self.url).origin())

    @property
    def headers(self) -> Mapping[str, str]:
        """What identifies the caller."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


class HttpServices:
    """Asks services over kept-alive connections of one event loop; redirects are not followed, nor proxies used.

    A request that meets no answer, an error of the server or a refusal for want of capacity is made again after a
    jittered wait, or the one that `Retry-After` asks for; the error of the last attempt stands.
    """

    def __init__(self, *, clock: Clock, reach: ServiceReach | None = None, policy: RetryPolicy = RETRIES) -> None:
        self._clock = clock
        self._reach = reach or ServiceReach()
        self._policy = policy
        self._session: aiohttp.ClientSession | None = None
        self._resolver: AbstractResolver | None = None

    async def ask(self, service: RowService, bodies: Sequence[tuple[bytes, int]]) -> list[RowAnswer]:
        """Return what a service says of rows, in their order; `bodies` are requests and how many rows each holds.

        Four requests are on their way at most. Raises `UNAVAILABLE`, `TIMEOUT`, and `BAD_RESPONSE` for an answer that
        makes no sense, none of them with anything that was sent; nothing is asked any more after the first error.
        """
        asks = [partial(self._post, service, body, rows=rows) for body, rows in bodies]
        answers = await ask_all(asks, most=MOST_REQUESTS, policy=self._policy, clock=self._clock)
        return [answer for some in answers for answer in some]

    async def aclose(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def _post(self, service: RowService, body: bytes, *, rows: int) -> list[RowAnswer]:
        try:
            async with (
                asyncio.timeout(service.timeout_seconds),
                self._open().post(
                    URL(service.url), data=body, headers=service.headers, allow_redirects=False
                ) as response,
            ):
                if response.status != HTTPStatus.OK:
                    raise _refusal(service, response, now=self._clock.now())
                answer = await read_bounded(response, most_bytes=MOST_ANSWER_BYTES)
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise _failure(service, exc) from exc
        if answer is None:
            raise bad_answer(service.origin, f"it is larger than {MOST_ANSWER_BYTES:,} bytes")
        return read_answer(answer, rows=rows, origin=service.origin)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            reach = self._reach
            self._resolver = None if reach.resolver is None else reach.resolver()
            connector = aiohttp.TCPConnector(
                resolver=self._resolver,
                use_dns_cache=reach.resolver is None,
                limit=_CONNECTIONS,
                socket_factory=reach.open_socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                headers=_HEADERS,
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session


def _refusal(service: RowService, response: aiohttp.ClientResponse, *, now: datetime) -> TextNLPError:
    """Return the error for a status; what a service says beside it may repeat a row, and is left out."""
    status = response.status
    is_passing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return TextNLPError(
        f"{service.origin} did not judge the rows: it answered {status}.",
        kind=ErrorKind.UNAVAILABLE if is_passing else ErrorKind.BAD_RESPONSE,
        facts=ErrorFacts(status_code=status, retry_after_seconds=retry_after_seconds(response.headers, now=now)),
    )


def _failure(service: RowService, exc: Exception) -> TextNLPError:
    kind = ErrorKind.UNAVAILABLE
    match exc:
        case TimeoutError():
            what, kind = f"no answer within {service.timeout_seconds:g} s", ErrorKind.TIMEOUT
        case aiohttp.ClientConnectorDNSError():
            what = "the host is not known"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            what = "its certificate is not valid"
        case aiohttp.ClientConnectorError():
            what = "it cannot be reached"
        case aiohttp.ClientResponseError():
            what, kind = "it did not answer in HTTP", ErrorKind.BAD_RESPONSE
        case _:
            what = "it broke off the connection"
    return TextNLPError(f"{service.origin} did not judge the rows: {what}.", kind=kind)
