"""What an issuer answers over HTTP: documents of bounded size, within bounded time, from where they belong."""

import ipaddress
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

DISCOVERY_PATH = "/.well-known/openid-configuration"
"""Where an issuer describes itself, below its own URL."""

_TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 1 << 20
_HINT = "Check the issuer's URL, and that this machine reaches it; keys that were fetched before stay in use."
_Document = TypeVar("_Document")


@asynccontextmanager
async def issuer_session(proxy: str | None = None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a session that keeps no cookies and gives up after 10 s a request."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(
        timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "textnlp"}, proxy=proxy
    ) as session:
        yield session


async def read_document(session: aiohttp.ClientSession, url: str, kind: type[_Document]) -> _Document:
    """Fetch a document of at most 1 MB; raise `UNAVAILABLE` where it cannot be had, or is something else."""
    status, body = await _answer(session, "GET", url, {}, {})
    if status != HTTPStatus.OK:
        raise issuer_away(f"{url} answered {status}.")
    return _decoded(body, url, kind)


async def post_form(
    session: aiohttp.ClientSession, url: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a form, and return status and body; raise `UNAVAILABLE` where nothing usable comes back."""
    return await _answer(session, "POST", url, fields, headers)


def decode_answer(body: bytes, url: str, kind: type[_Document]) -> _Document:
    """Decode what `post_form` returned; raise `UNAVAILABLE` for something else than what belongs there."""
    return _decoded(body, url, kind)


def is_trustworthy(url: str) -> bool:
    """Whether nobody between here and there can change what `url` answers: over HTTPS, or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def issuer_away(message: str) -> TextNLPError:
    """Build the error for an issuer of which nothing usable can be had."""
    return TextNLPError(message, kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=_HINT))


async def _answer(
    session: aiohttp.ClientSession, method: str, url: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, bytes]:
    try:
        # Not followed elsewhere: a redirect could leave HTTPS.
        async with session.request(
            method, url, data=fields or None, headers=headers, allow_redirects=False
        ) as response:
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise issuer_away(f"{url} answered more than {_MOST_BYTES} bytes.")
            return response.status, bytes(body)
    except TimeoutError as exc:
        raise issuer_away(f"{url} did not answer within {_TIMEOUT_SECONDS:g} s.") from exc
    except (aiohttp.ClientError, OSError, ValueError) as exc:
        raise issuer_away(f"{url} cannot be reached ({type(exc).__name__}).") from exc


def _decoded(body: bytes, url: str, kind: type[_Document]) -> _Document:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise issuer_away(f"{url} answered something else than the document that belongs there.") from exc


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
