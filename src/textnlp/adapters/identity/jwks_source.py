"""The keys of an issuer, found through its discovery document (OpenID Connect Discovery 1.0; RFC 8414, RFC 7517)."""

import ipaddress
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identity.refusals import shown

DISCOVERY_PATH = "/.well-known/openid-configuration"
"""Where an issuer describes itself, below its own URL."""

_TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 1 << 20
_HINT = "Check the issuer's URL, and that this machine reaches it; keys that were fetched before stay in use."
_Document = TypeVar("_Document")


class _Discovery(msgspec.Struct):
    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


class JwksSource:
    """Fetches keys over HTTPS; over plain HTTP only from this machine, since who can change keys can forge callers.

    Raises `INVALID_INPUT` for an issuer that is no such URL.
    """

    def __init__(self, issuer: str, *, proxy: str | None = None) -> None:
        if not _is_trustworthy(issuer) or "?" in issuer:
            raise invalid_input(
                f"The issuer {shown(issuer)} must be an https URL, or an http URL on this machine.", field="issuer"
            )
        self._issuer = issuer
        self._proxy = proxy

    async def fetch(self) -> Sequence[Mapping[str, object]]:
        """Return the issuer's keys as they stand in its key set, within 10 s and 1 MB a document.

        Raises `UNAVAILABLE` when either document cannot be had, is malformed, or is another issuer's.
        """
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(
            timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "textnlp"}, proxy=self._proxy
        ) as session:
            found = await _read(session, f"{self._issuer.rstrip('/')}{DISCOVERY_PATH}", _Discovery)
            if found.issuer != self._issuer:
                raise _unavailable(f"{self._issuer} describes itself as {shown(found.issuer)}.")
            if not _is_trustworthy(found.jwks_uri):
                raise _unavailable(f"{self._issuer} keeps its keys at {shown(found.jwks_uri)}, which is not https.")
            return (await _read(session, found.jwks_uri, _KeySet)).keys


async def _read(session: aiohttp.ClientSession, url: str, kind: type[_Document]) -> _Document:
    try:
        # Not followed elsewhere: a redirect could leave HTTPS.
        async with session.get(url, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise _unavailable(f"{url} answered {response.status}.")
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise _unavailable(f"{url} answered more than {_MOST_BYTES} bytes.")
    except TimeoutError as exc:
        raise _unavailable(f"{url} did not answer within {_TIMEOUT_SECONDS:g} s.") from exc
    except (aiohttp.ClientError, OSError, ValueError) as exc:
        raise _unavailable(f"{url} cannot be reached ({type(exc).__name__}).") from exc
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise _unavailable(f"{url} answered something else than the document that belongs there.") from exc


def _is_trustworthy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable(message: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=_HINT))
