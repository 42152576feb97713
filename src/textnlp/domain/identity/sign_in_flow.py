"""Signing in to the console, from where the browser leaves to where it comes back.

All that is remembered meanwhile is one secret in a cookie of the browser: state, nonce and PKCE verifier are made from
it, so that people may sign in on several pages at once, and no other browser can end what this one began.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

HOME = "/console"
"""Where people land who wanted nothing else."""

FLOW_SECONDS = 600
"""How long somebody may take to sign in."""

_MOST_CHARACTERS = 1024
_PLAIN = re.compile(r"/console(?:[/?][!-\[\]-~]*)?", re.ASCII)
_OWN_PAGES = ("/console/sign-in", "/console/signed-in", "/console/sign-out", "/console/signed-out")
_RANDOM_BYTES = 16


class _State(msgspec.Struct, array_like=True):
    number: str
    issuer: str
    next_path: str
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFlow:
    """One sign-in under way.

    Attributes:
        issuer: by which name the platform knows who signs the person in.
        next_path: where the person wanted to go.
        state: what comes back with the answer.
        nonce: what the id token must hold.
        verifier: what the code is bound to (RFC 7636).
    """

    issuer: str
    next_path: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """The verifier's S256 challenge."""
        return _encoded(hashlib.sha256(self.verifier.encode()).digest())


def begin_flow(secret: str, *, issuer: str, next_path: str, now: datetime) -> SignInFlow:
    """Begin a sign-in in the browser that keeps `secret`."""
    ends_at = now + timedelta(seconds=FLOW_SECONDS)
    state = _State(secrets.token_urlsafe(_RANDOM_BYTES), issuer, safe_next(next_path), int(ends_at.timestamp()))
    content = _encoded(msgspec.json.encode(state))
    return _flow(secret, state, f"{content}.{_derived(secret, 'state', content)}")


def continue_flow(secret: str, state: str, *, now: datetime) -> SignInFlow:
    """Return the sign-in that an answer with `state` belongs to.

    Raises `INVALID_INPUT` for one that another browser began, or that began too long ago.
    """
    content, _, mark = state.partition(".")
    expected = _derived(secret, "state", content)
    if not secret or not hmac.compare_digest(mark.encode("utf-8", "replace"), expected.encode()):
        raise _unknown()
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)), type=_State)
    except ValueError as exc:
        raise _unknown() from exc
    if found.ends_at <= now.timestamp():
        raise _unknown()
    return _flow(secret, found, state)


def safe_next(path: str) -> str:
    """Return a path of the console with its query; `HOME` for whatever else it is, and for the sign-in itself."""
    if len(path) > _MOST_CHARACTERS or _PLAIN.fullmatch(path) is None:
        return HOME
    place = unquote(path.partition("?")[0])
    segments = place.split("/")[1:]
    if any(segment in {"", ".", ".."} for segment in segments[:-1]) or segments[-1] in {".", ".."} or "\\" in place:
        return HOME
    return HOME if place.startswith(_OWN_PAGES) else path


def _flow(secret: str, state: _State, text: str) -> SignInFlow:
    return SignInFlow(
        issuer=state.issuer,
        next_path=safe_next(state.next_path),
        state=text,
        nonce=_derived(secret, "nonce", state.number),
        verifier=_derived(secret, "verifier", state.number),
    )


def _derived(secret: str, purpose: str, text: str) -> str:
    content = f"textnlp console {purpose}\n{text}"
    return _encoded(hmac.digest(secret.encode("utf-8", "replace"), content.encode("utf-8", "replace"), "sha256"))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unknown() -> TextNLPError:
    return TextNLPError(
        "This sign-in was not begun in this browser, or too long ago.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Sign in again; cookies of this address must be allowed."),
    )
