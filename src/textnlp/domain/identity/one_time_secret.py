"""Secrets that are taken once: codes and refresh tokens, of which only a hash is stored."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from textnlp.domain.identifiers import SignInId

MOST_CHARACTERS = 256
"""Longer text is no secret of ours."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS = 4
_GROUP_CHARACTERS = 4


class SecretPurpose(StrEnum):
    """What a secret is taken for: one is never good for another purpose."""

    LOGIN = "login"
    CODE = "code"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeSecret:
    """What is stored of a secret.

    Attributes:
        digest: SHA-256 of the secret, 32 bytes; it has 80 random bits or more, so nobody can try them all.
        sign_in_id: on whose behalf it is taken.
        redirect_uri: where a code was sent, to be named again by who takes it.
        challenge: S256 code challenge that the taker's verifier must fit (RFC 7636).
        nonce: what a client wants to find in its id token.
        wants_identity: the client asked for an id token.
        rotation: how often the refresh token was replaced before this one.
    """

    digest: bytes = field(repr=False)
    purpose: SecretPurpose
    sign_in_id: SignInId
    expires_at: datetime
    redirect_uri: str = ""
    challenge: str = ""
    nonce: str = ""
    wants_identity: bool = False
    rotation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSecret:
    """A secret that was presented; only the first time is good, every further one means that it was stolen."""

    secret: OneTimeSecret
    is_first: bool


def generate_secret() -> str:
    """Make a secret of 256 random bits for programs."""
    return secrets.token_urlsafe(32)


def generate_login_code() -> str:
    """Make a code of 80 random bits for people to type, in four groups of four."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARACTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


def plain_login_code(text: str) -> str:
    """Return a typed code as it was made: letters small, without blanks around it."""
    return text.strip().lower()


def digest_of(secret: str) -> bytes:
    """Return what is stored of a secret, whatever text it is."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
