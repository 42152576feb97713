"""Keys as somebody would forge them."""

import zlib

from textnlp.domain.identity.api_key import ApiKey

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def forged_key(prefix: str = "abcdefgh", *, secret: str = "0" * 32) -> ApiKey:
    """Make a well-formed key of a prefix without knowing its secret, as whoever has read the form can."""
    body = f"tnlp_{prefix}_{secret}"
    number = zlib.crc32(body.encode()) % 2**30
    checksum = ""
    for _ in range(6):
        number, digit = divmod(number, 32)
        checksum = _ALPHABET[digit] + checksum
    return ApiKey(prefix=prefix, text=body + checksum)
