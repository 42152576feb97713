"""API keys: how they are made, read and compared, and what they open."""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field

from textnlp.domain.identity.refusals import unauthenticated

KEY_START = "tnlp_"
"""What every API key begins with, so that secret scanners and people recognise one."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PREFIX_CHARACTERS = 8
_SECRET_CHARACTERS = 32
_CHECKSUM_CHARACTERS = 6
_CHARACTERS = _SECRET_CHARACTERS + _CHECKSUM_CHARACTERS
_FORM = re.compile(rf"{KEY_START}([{_ALPHABET}]{{{_PREFIX_CHARACTERS}}})_[{_ALPHABET}]{{{_CHARACTERS}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of the form `tnlp_<prefix>_<secret><checksum>`, in Crockford's base 32.

    Attributes:
        prefix: 8 characters by which the key is found and spoken of; not secret.
        text: the whole key; shown once to its owner and never stored.
    """

    prefix: str
    text: str = field(repr=False)


def generate_key() -> ApiKey:
    """Make a key whose secret holds 160 random bits."""
    prefix = _random_text(_PREFIX_CHARACTERS)
    body = f"{KEY_START}{prefix}_{_random_text(_SECRET_CHARACTERS)}"
    return ApiKey(prefix=prefix, text=body + _checksum(body))


def parse_key(text: str) -> ApiKey:
    """Read a key; raise `UNAUTHENTICATED` where it does not have the form of one, its checksum included.

    So what was cut, mistyped or made up is refused without a look into the register. Whoever knows the form can make
    the checksum, which protects nothing else.
    """
    match = _FORM.fullmatch(text)
    if match is None or _checksum(text[:-_CHECKSUM_CHARACTERS]) != text[-_CHECKSUM_CHARACTERS:]:
        raise unauthenticated(
            "The API key is malformed.",
            hint=f"A key is {KEY_START}, {_PREFIX_CHARACTERS} characters, _ and {_CHARACTERS} more: "
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


def _checksum(body: str) -> str:
    """Return the lowest 30 bits of the CRC-32 of a key's other characters, in Crockford's base 32."""
    checksum = zlib.crc32(body.encode())
    return "".join(_ALPHABET[(checksum >> (5 * place)) & 31] for place in reversed(range(_CHECKSUM_CHARACTERS)))


def _random_text(characters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(characters))
