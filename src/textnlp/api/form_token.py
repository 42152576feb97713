"""Proof that a form was sent from a page that this platform showed to the same browser."""

import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from textnlp.api.public_address import is_secure
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_COOKIE = "textnlp_form"
_PATH = "/identity"
_LEAST_CHARACTERS = 43


def form_token_of(request: Request[Any, Any, Any]) -> str:
    """Return what the form has to bring back: what the browser keeps already, else something it never saw."""
    kept = request.cookies.get(_COOKIE, "")
    return kept if len(kept) == _LEAST_CHARACTERS and kept.isascii() else secrets.token_urlsafe(32)


def form_cookie(request: Request[Any, Any, Any], token: str) -> Cookie:
    """Return the cookie that the browser sends with forms of our own pages and with nothing else."""
    return Cookie(
        key=_COOKIE, value=token, path=_PATH, httponly=True, samesite="strict", secure=is_secure(request.scope)
    )


def require_own_form(request: Request[Any, Any, Any], brought: str) -> None:
    """Return when the form brings what the browser keeps; raise `FORBIDDEN` otherwise."""
    kept = request.cookies.get(_COOKIE, "")
    is_foreign = request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    is_same = hmac.compare_digest(kept.encode("utf-8", "replace"), brought.encode("utf-8", "replace"))
    if is_foreign or len(kept) < _LEAST_CHARACTERS or not is_same:
        raise TextNLPError(
            "The form was not sent from the sign-in page of this platform, or that page is too old.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Begin to sign in again; cookies of this address must be allowed."),
        )
