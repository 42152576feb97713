"""Sessions of the console: what a browser's cookie stands for, and what is stored of it."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import SessionId
from textnlp.domain.identity.refusals import unauthenticated

SESSION_HOURS = 12
"""How long a session lasts at most, however much it is used; its tokens are renewed, this is not."""

IDLE_SECONDS = 3600
"""How long a session lasts that nobody uses."""

HANDOVER_SECONDS = 60
"""How long a secret that was replaced is good for requests that were under way."""

RENEWAL_SECONDS = 20
"""How long one request has for renewing a session before another may try."""

_MOST_EARLY_SECONDS = 300
_EARLY_SHARE = 0.2
_TOUCH_SECONDS = 60
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_NONCE_BYTES = 12
_KEY_BYTES = 32
_TOKENS = b"textnlp console tokens"
_SUCCESSOR = b"textnlp console successor"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedTokens:
    """What an issuer gave for a person's sign-in.

    Attributes:
        refresh_token: gives the next tokens; None where the issuer gave none.
        expires_in_seconds: how long the access token is valid from when it was given.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContent:
    """What of a session is stored sealed.

    Attributes:
        issuer: by which name the platform knows who gave the tokens.
        form_secret: what tokens of forms are made from; it stays when the session's secret is replaced, so that pages
            that are open meanwhile can still be sent.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    issuer: str
    form_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """What is stored of a session: with that alone nobody opens anything.

    Attributes:
        digest: SHA-256 of the secret in the cookie.
        id: stays the same however often the secret is replaced.
        sealed: a `SessionContent`, encrypted with a key that is made from the secret.
        subject: who signed in, and `tenant` of where.
        token_ends_at: from when the access token opens nothing.
        renew_at: from when it is to be renewed.
        used_at: when it was used last, to within a minute.
        expires_at: from when it opens nothing.
        successor: the secret that replaced this one, encrypted likewise.
    """

    digest: bytes = field(repr=False)
    id: SessionId
    sealed: bytes = field(repr=False)
    subject: str
    tenant: str
    token_ends_at: datetime
    renew_at: datetime
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    successor: bytes | None = field(default=None, repr=False)


def generate_session_secret() -> str:
    """Make what a cookie holds: 256 random bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


def is_session_secret(text: str) -> bool:
    """Whether `text` has the form of what `generate_session_secret` makes."""
    return _SECRET.fullmatch(text) is not None


def session_digest(secret: str) -> bytes:
    """Return by what a session is found."""
    return hashlib.sha256(secret.encode()).digest()


def seal_content(content: SessionContent, secret: str) -> bytes:
    """Encrypt what a session holds, with AES-256-GCM and a key that HKDF makes from the cookie's secret."""
    return _seal(msgspec.msgpack.encode(content), secret, purpose=_TOKENS)


def open_content(sealed: bytes, secret: str) -> SessionContent:
    """Decrypt it; raise `UNAUTHENTICATED` for what was not sealed with this secret, or was altered."""
    try:
        return msgspec.msgpack.decode(_open(sealed, secret, purpose=_TOKENS), type=SessionContent)
    except msgspec.MsgspecError as exc:
        raise session_over() from exc


def seal_successor(successor: str, secret: str) -> bytes:
    """Encrypt the secret that replaces `secret`, for requests that still bring the latter."""
    return _seal(successor.encode(), secret, purpose=_SUCCESSOR)


def open_successor(sealed: bytes, secret: str) -> str:
    """Decrypt it; raises what `open_content` does."""
    return _open(sealed, secret, purpose=_SUCCESSOR).decode()


def form_token(form_secret: str) -> str:
    """Return what forms bring along to show that they were made for the browser that keeps `form_secret`."""
    return hmac.new(form_secret.encode(), b"textnlp console form", hashlib.sha256).hexdigest()


def is_over(session: StoredSession, *, now: datetime) -> bool:
    """Whether a session has ended, or was not used for too long."""
    return session.expires_at <= now or session.used_at + timedelta(seconds=IDLE_SECONDS) <= now


def is_touch_due(session: StoredSession, *, now: datetime) -> bool:
    """Whether it is to be noted that a session is used; not more than once a minute."""
    return session.used_at + timedelta(seconds=_TOUCH_SECONDS) <= now


def renewal_time(now: datetime, *, expires_in_seconds: int) -> datetime:
    """Return when a token is renewed that was given at `now`: five minutes before its end.

    Of a token that lasts less than 25 minutes it is a fifth of its life, so that not every request renews it.
    """
    return now + timedelta(seconds=expires_in_seconds - min(_MOST_EARLY_SECONDS, expires_in_seconds * _EARLY_SHARE))


def session_end(begun_at: datetime, *, token_ends_at: datetime, has_refresh: bool) -> datetime:
    """Return when a session ends that began at `begun_at`; where it cannot be renewed, with its token."""
    latest = begun_at + timedelta(hours=SESSION_HOURS)
    return latest if has_refresh else min(latest, token_ends_at)


def session_over() -> TextNLPError:
    """Build the error for a session that has ended, or never was."""
    return unauthenticated("The session has ended.", hint="Sign in again.")


def _seal(content: bytes, secret: str, *, purpose: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key(secret, purpose)).encrypt(nonce, content, session_digest(secret))


def _open(sealed: bytes, secret: str, *, purpose: bytes) -> bytes:
    nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_key(secret, purpose)).decrypt(nonce, content, session_digest(secret))
    except (InvalidTag, ValueError) as exc:
        raise session_over() from exc


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
