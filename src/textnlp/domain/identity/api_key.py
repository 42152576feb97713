"""API keys: how they are made, read and compared, and what they open."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from textnlp.domain.identity.refusals import unauthenticated

KEY_START = "tnlp_"
"""What every API key begins with, so that secret scanners and people recognise one."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PREFIX_CHARACTERS = 8
_SECRET_CHARACTERS = 32
_MOST_SECRET_CHARACTERS = 64
_FORM = re.compile(
    rf"{KEY_START}([{_ALPHABET}]{{{_PREFIX_CHARACTERS}}})"
    rf"_[{_ALPHABET}]{{{_SECRET_CHARACTERS},{_MOST_SECRET_CHARACTERS}}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of the form `tnlp_<prefix>_<secret>`, in Crockford's base 32.

    Attributes:
        prefix: 8 characters by which the key is found and spoken of; not secret.
        text: the whole key; shown once to its owner and never stored.
    """

    prefix: str
    text: str = field(repr=False)


def generate_key() -> ApiKey:
    """Make a key whose secret holds 160 random bits."""
    prefix = _random_text(_PREFIX_CHARACTERS)
    return ApiKey(prefix=prefix, text=f"{KEY_START}{prefix}_{_random_text(_SECRET_CHARACTERS)}")


def parse_key(text: str) -> ApiKey:
    """Read a key; raise `UNAUTHENTICATED` where it does not have the form of one."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise unauthenticated(
            "The API key is malformed.",
            hint=f"A key is {KEY_START}, {_PREFIX_CHARACTERS} characters, _ and at least {_SECRET_CHARACTERS} more: "
            "check that it was copied whole.",
        )
    return ApiKey(prefix=match[1], text=text)


def hash_key(key: ApiKey) -> bytes:
    """Return the SHA-256 of the whole key, 32 bytes, as it is stored.

    A slow or salted hash protects secrets that can be guessed. The secret of a key is 160 random bits, so nobody can
    try all of them or tabulate them in advance, and every call may be verified in a microsecond.
    """
    return hashlib.sha256(key.text.encode()).digest()


def is_key_of_hash(key: ApiKey, key_hash: bytes) -> bool:
    """Tell whether `key` has `key_hash`, in a time that does not depend on where they differ."""
    return hmac.compare_digest(hash_key(key), key_hash)


def _random_text(characters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(characters))
