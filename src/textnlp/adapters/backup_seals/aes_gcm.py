"""Backups sealed with AES-256-GCM."""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32
MOST_PLAIN_BYTES = 16 << 20

_MAGIC = b"TNB1"
_HEADER = struct.Struct(">4s8sBI12s")
_RAW, _ZSTD = 0, 1
_LEVEL = 3
_NONCE_BYTES = 12
_TAG_BYTES = 16
MOST_SEALED_BYTES = _HEADER.size + MOST_PLAIN_BYTES + _TAG_BYTES
"""No sealed object is longer."""


class AesGcmSealer:
    """Satisfies the `ObjectSealer` port; seals with the first of `keys` and opens what any of them has sealed.

    A sealed object is a header (`TNB1`, 8 bytes of key id, 1 byte that says whether it is compressed, 4 bytes of plain
    length, 12 of nonce), then the ciphertext of AES-256-GCM with its tag of 16. Header and label are authenticated
    with it. Nonces are random, which is safe for 2^32 objects a key (NIST SP 800-38D, 8.3): at most 16 PiB. Keys for
    sealing and for naming, and the key's id, are drawn from the given key by HKDF, so that none tells of another.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Raise `ValueError` for no keys, or for one that has not 32 bytes."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a backup is sealed with keys of {KEY_BYTES} bytes")
        self._ciphers: Mapping[bytes, AESGCM] = {
            _drawn(key, "id")[:8]: AESGCM(_drawn(key, "objects")) for key in reversed(keys)
        }
        self._id = _drawn(keys[0], "id")[:8]
        self._naming = _drawn(keys[0], "names")

    def __repr__(self) -> str:
        return f"AesGcmSealer({self.key_id})"

    @property
    def key_id(self) -> str:
        """Tell which key objects are sealed with."""
        return self._id.hex()

    def name(self, plain: bytes) -> str:
        """Return the HMAC-SHA-256 of bytes, so that a name confirms no guess of what is in an object."""
        return hmac.new(self._naming, plain, hashlib.sha256).hexdigest()

    def seal(self, plain: bytes, *, label: str) -> bytes:
        """Compress where that helps, and encrypt."""
        if len(plain) > MOST_PLAIN_BYTES:
            raise TextNLPError(
                f"A part of the backup has {len(plain):,} bytes, more than {MOST_PLAIN_BYTES:,}.",
                kind=ErrorKind.TOO_LARGE,
            )
        packed = _packed(plain)
        method, body = (_ZSTD, packed) if len(packed) < len(plain) else (_RAW, plain)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        header = _HEADER.pack(_MAGIC, self._id, method, len(plain), nonce)
        return header + self._ciphers[self._id].encrypt(nonce, body, header + label.encode())

    def open(self, sealed: bytes, *, label: str) -> bytes:
        """Decrypt, and decompress to the length that the header tells and no further."""
        if not _HEADER.size + _TAG_BYTES <= len(sealed) <= MOST_SEALED_BYTES:
            raise _changed()
        header = sealed[: _HEADER.size]
        magic, key_id, method, size_bytes, nonce = _HEADER.unpack(header)
        if magic != _MAGIC or size_bytes > MOST_PLAIN_BYTES or method not in {_RAW, _ZSTD}:
            raise _changed()
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise TextNLPError(
                f"It was sealed with the key {key_id.hex()}, which is not among the keys here.",
                kind=ErrorKind.FORBIDDEN,
                facts=ErrorFacts(hint="Add that key to the key file, a line each; the first one seals."),
            )
        try:
            body = cipher.decrypt(nonce, sealed[_HEADER.size :], header + label.encode())
            plain = body if method == _RAW else _unpacked(body, size_bytes)
        except (InvalidTag, OSError) as exc:
            raise _changed() from exc
        if len(plain) != size_bytes:
            raise _changed()
        return plain


def _packed(plain: bytes) -> bytes:
    return _codec(compression_level=_LEVEL).compress(plain, asbytes=True)


def _unpacked(body: bytes, size_bytes: int) -> bytes:
    return _codec().decompress(body, decompressed_size=size_bytes, asbytes=True)


def _codec(**options: int) -> Any:
    import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are needed only where something is sealed or opened

    return pa.Codec("zstd", **options)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  no stubs


def _drawn(key: bytes, purpose: str) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=f"textnlp backup {purpose}".encode()).derive(key)


def _changed() -> TextNLPError:
    return TextNLPError("It was changed, cut off, or put in the place of another.", kind=ErrorKind.CONFLICT)
