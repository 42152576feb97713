"""The cookies of the console, as they go to the browser and come back."""

from collections.abc import Sequence
from typing import Any

from textnlp.api.public_address import is_secure

CONSOLE = "/console"
"""The path that the cookies are for."""

SESSION = "textnlp_session"
"""Cookie that a session stands behind."""

FORM = "textnlp_console_form"
"""Cookie that tokens of forms are made from where there is no session."""

FLOW = "textnlp_sign_in"
"""Cookie that a sign-in under way is remembered by."""


def cookie_of(scope: Any, name: str) -> str | None:
    """Return the value of a cookie that a request brings; None where it comes more than once.

    A host beside this one may plant a cookie of the same name; which of two is ours cannot be told.
    """
    wanted = _named(scope, name)
    found = [value for each, value in _cookies(scope["headers"]) if each == wanted]
    return found[0] if len(found) == 1 else None


def cookie_header(scope: Any, name: str, value: str, *, seconds: int, same_site: str = "Lax") -> tuple[bytes, bytes]:
    """Return the header that sets a cookie for the console alone, which no script reads; 0 seconds remove it."""
    parts = [
        f"{_named(scope, name)}={value}",
        f"Path={CONSOLE}",
        f"Max-Age={seconds}",
        "HttpOnly",
        f"SameSite={same_site}",
        *(["Secure"] if is_secure(scope) else []),
    ]
    return b"set-cookie", "; ".join(parts).encode("latin-1")


def _named(scope: Any, name: str) -> str:
    # Browsers take a name with this prefix from no page that came without TLS, so that none can plant it.
    return f"__Secure-{name}" if is_secure(scope) else name


def _cookies(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    texts = [value.decode("latin-1") for name, value in headers if name == b"cookie"]
    pairs = [pair.partition("=") for text in texts for pair in text.split(";")]
    return [(name.strip(), value.strip().strip('"')) for name, _, value in pairs]
