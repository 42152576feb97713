"""Programs that people sign in with: public clients, which keep no secret (RFC 8252, RFC 6749 section 2.1)."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from textnlp.domain.loopback import is_loopback

CONSOLE_PATH = "/console/signed-in"
"""Where the console takes its code, on the platform's own address."""

CONSOLE_CLIENT_ID = "textnlp-console"
"""By which name the console signs people in."""

_MOST_CHARACTERS = 2048
_LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A program that people may sign in with.

    Attributes:
        name: what people are told it is.
        path: of the one address to which codes are sent.
        is_native: it listens on a loopback address with whatever port is free (RFC 8252, section 7.3); else it is a
            page of the platform itself.
    """

    id: str
    name: str
    path: str
    is_native: bool


OAUTH_CLIENTS = (
    OAuthClient(id=CONSOLE_CLIENT_ID, name="the TextNLP console", path=CONSOLE_PATH, is_native=False),
    OAuthClient(id="textnlp-native", name="a program on this computer", path="/callback", is_native=True),
)
"""Every program that people may sign in with."""

LOGIN_CLIENT_ID = "textnlp-login"
"""Stands where no program has been chosen yet: in what `textnlp login` makes."""


def find_oauth_client(client_id: str) -> OAuthClient | None:
    """Return the program with this id, if there is one."""
    return next((client for client in OAUTH_CLIENTS if client.id == client_id), None)


def is_redirect_of(client: OAuthClient, uri: str, *, base_url: str) -> bool:
    """Whether codes for `client` may be sent to `uri`, on a platform that the browser reaches at `base_url`.

    The address must match to the letter, but for the port of a loopback address. The platform's own counts only over
    TLS or on this machine.
    """
    if len(uri) > _MOST_CHARACTERS:
        return False
    if not client.is_native:
        own = urlsplit(base_url)
        return (own.scheme == "https" or is_loopback(own.hostname or "")) and uri == base_url.rstrip("/") + client.path
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    authority = f"[{host}]" if host == "::1" else host
    netloc = f"{authority}:{port}" if port else f"{authority}"
    return host in _LOOPBACK_ADDRESSES and uri == urlunsplit(("http", netloc, client.path, "", ""))
