"""Requests as no client library would send them, byte by byte over a socket."""

import contextlib
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

LONGEST_SECONDS = 20.0
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back: status 0 where nothing did. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the decoded body."""
        return msgspec.json.decode(self.body)


def request(
    method: str,
    path: str,
    *,
    headers: Iterable[str | bytes] = (),
    body: bytes = b"",
    host: str = "api.example.org",
) -> bytes:
    """Write a request; a body comes with its length, and an answer ends the connection."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", "connection: close", *headers]
    if body:
        lines.append(f"content-length: {len(body)}")
    return b"".join(_encoded(line) + b"\r\n" for line in lines) + b"\r\n" + body


def exchange(url: str, *pieces: bytes, pause_seconds: float = 0.0) -> RawAnswer:
    """Send the pieces with a pause between them, and return what is answered until the connection is closed."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 80), LONGEST_SECONDS) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_seconds)
        return _parsed(_all_of(connection))


def _all_of(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(_READ_BYTES):
            received += piece
    return received


def _parsed(received: bytes) -> RawAnswer:
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        return RawAnswer(0, {}, b"")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return RawAnswer(int(first.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}, body)


def _encoded(line: str | bytes) -> bytes:
    return line if isinstance(line, bytes) else line.encode()
