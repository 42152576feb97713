"""Which URLs may be called as webhooks, as far as the text of the URL tells."""

import ipaddress
import re
from urllib.parse import urlsplit

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.public_address import require_public

MAX_URL_CHARACTERS = 2_048
_FIELD = "url"
_PLAIN = re.compile(r"[!-\[\]-~]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
_NUMBER = re.compile(r"\d+|0[xX][0-9A-Fa-f]*")
"""A last label that makes URL parsers take the whole host for an address, such as 127.1 (URL standard of WHATWG)."""

_HTTP_PORT = 80
_HTTPS_PORT = 443
_FIRST_FREE_PORT = 1_024
_LAST_PORT = 65_535
_OTHER_PROTOCOLS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
"""The ports from 1024 on that the Fetch standard of WHATWG blocks, since other protocols listen there."""


def require_target(url: str, *, allows_private: bool = False) -> None:
    """Return for a URL that may be called; raise `INVALID_INPUT` naming the field `url` otherwise.

    It is https to port 443 or to one from 1024 on that no other protocol owns, without user name, password and
    fragment, in ASCII. An address in place of a name must be public. With `allows_private` http and port 80 will do,
    and any address. What a name resolves to is checked by whoever connects.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise _refused(f"is longer than {MAX_URL_CHARACTERS:,} characters")
    if not _PLAIN.fullmatch(url):
        raise _refused("holds characters that have to be percent-encoded")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise _refused("cannot be read") from exc
    if parts.scheme != "https" and not (allows_private and parts.scheme == "http"):
        raise _refused("is not https")
    if "@" in parts.netloc:
        raise _refused("holds a user name or password")
    if "#" in url:
        raise _refused("has a fragment")
    _require_port(port or (_HTTPS_PORT if parts.scheme == "https" else _HTTP_PORT), allows_private=allows_private)
    _require_host(host, allows_private=allows_private)


def _require_port(port: int, *, allows_private: bool) -> None:
    usual = {_HTTPS_PORT, _HTTP_PORT} if allows_private else {_HTTPS_PORT}
    is_free = _FIRST_FREE_PORT <= port <= _LAST_PORT and port not in _OTHER_PROTOCOLS
    if port not in usual and not is_free:
        raise _refused(f"names port {port}, where other protocols listen")


def _require_host(host: str, *, allows_private: bool) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host) or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise _refused("names no host") from None
        return
    if not allows_private:
        require_public(address, field=_FIELD)


def _refused(what: str) -> TextNLPError:
    """Name what is wrong, not the URL itself: it may hold a password."""
    return TextNLPError(
        f"The URL {what}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field=_FIELD, hint="Give an address such as https://example.org/hooks."),
    )
