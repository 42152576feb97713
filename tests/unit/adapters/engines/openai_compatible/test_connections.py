import errno
import socket
import ssl
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest

from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions, Connections, connection_error
from textnlp.domain.errors import ErrorKind, TextNLPError

KEY = cast("Any", SimpleNamespace(host="h", port=80, is_ssl=False, ssl=True))
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")


@pytest.mark.parametrize(
    ("exc", "kind", "told"),
    [
        (aiohttp.ClientConnectorError(KEY, REFUSED), ErrorKind.UNAVAILABLE, "cannot be reached: connection refused."),
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "Name or service not known")),
            ErrorKind.UNAVAILABLE,
            "cannot be reached: name or service not known.",
        ),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("self-signed")),
            ErrorKind.UNAVAILABLE,
            "its certificate is not valid.",
        ),
        (aiohttp.ConnectionTimeoutError("slow"), ErrorKind.UNAVAILABLE, "cannot be reached"),
        (TimeoutError(), ErrorKind.TIMEOUT, "did not answer within 2.5 s."),
        (aiohttp.ServerTimeoutError(), ErrorKind.TIMEOUT, "did not answer within 2.5 s."),
        (aiohttp.ServerDisconnectedError(), ErrorKind.UNAVAILABLE, "broke off the connection: Server disconnected."),
        (aiohttp.ClientPayloadError("cut"), ErrorKind.UNAVAILABLE, "broke off the connection: cut."),
        (ConnectionResetError(errno.ECONNRESET, "reset"), ErrorKind.UNAVAILABLE, "broke off the connection"),
        (
            aiohttp.ClientResponseError(cast("Any", None), (), status=400, message="Expected\r\n HTTP/"),
            ErrorKind.BAD_RESPONSE,
            "did not answer in HTTP: Expected HTTP/.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_failure_has_its_kind_and_says_what_happened(exc: BaseException, kind: ErrorKind, told: str) -> None:
    error = connection_error(exc, origin="http://h", timeout_seconds=2.5)
    assert error.kind is kind
    assert error.message.startswith("http://h ")
    assert told in error.message


async def test_a_call_may_take_its_time_but_connecting_only_some_of_it() -> None:
    connections = Connections(ConnectionOptions())
    assert (connections.timeout(600.0).total, connections.timeout(600.0).sock_connect) == (600.0, 15.0)
    assert connections.timeout(3.0).sock_connect == 3.0


async def test_timeouts_are_made_once_and_never_pile_up() -> None:
    connections = Connections(ConnectionOptions())
    assert connections.timeout(1.0) is connections.timeout(1.0)
    assert [connections.timeout(float(seconds)).total for seconds in range(1, 500)] == list(range(1, 500))


async def test_connections_are_bounded_and_keep_no_cookies() -> None:
    connections = Connections(ConnectionOptions(max_connections=7))
    session = connections.session
    assert session is connections.session
    assert session.connector is not None
    assert session.connector.limit == 7
    assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)
    await connections.aclose()
    assert session.closed


async def test_nothing_is_opened_after_the_end() -> None:
    connections = Connections(ConnectionOptions())
    await connections.aclose()
    await connections.aclose()
    with pytest.raises(TextNLPError) as caught:
        _ = connections.session
    assert caught.value.kind is ErrorKind.UNAVAILABLE
