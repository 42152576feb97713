"""Which keys are taken, what stands for them, and why a call with one is refused."""

import hashlib
import re

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 255
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_RETRY_SECONDS = 1.0


def parse_key(text: str) -> str:
    """Return the key that a header holds, with or without the quotes of a structured field (RFC 9651).

    Raises `INVALID_INPUT` for one that is empty, longer than 255 characters, or not printable ASCII.
    """
    key = text.strip()
    if len(key) > 1 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if len(key) > MAX_KEY_CHARACTERS or not _PRINTABLE.fullmatch(key):
        raise invalid_input(f"{HEADER} must be 1 to {MAX_KEY_CHARACTERS} printable ASCII characters.", field=HEADER)
    return key


def key_id_of(*, tenant: str, caller: str, route: str, key: str) -> bytes:
    """Return the SHA-256 digest that stands for a key of one caller at one route; the key itself is kept nowhere."""
    digest = hashlib.sha256()
    for part in (tenant, caller, route, key):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8) + encoded)
    return digest.digest()


def key_in_use() -> TextNLPError:
    """Build the error for a key whose first call has not ended."""
    return TextNLPError(
        f"A call with this {HEADER} is still running.",
        kind=ErrorKind.IDEMPOTENCY_KEY_IN_USE,
        facts=ErrorFacts(
            hint="Send the same request again shortly; it is answered with what the first call was answered with.",
            field=HEADER,
            retry_after_seconds=_RETRY_SECONDS,
        ),
    )


def key_reused() -> TextNLPError:
    """Build the error for a key that came with another request before."""
    return TextNLPError(
        f"This {HEADER} was sent with another request before.",
        kind=ErrorKind.IDEMPOTENCY_KEY_REUSED,
        facts=ErrorFacts(hint="Use another key for another request; repeat a request unchanged.", field=HEADER),
    )


def answer_not_kept(max_bytes: int) -> TextNLPError:
    """Build the error for a call that was answered, with more than is kept."""
    return TextNLPError(
        f"The call with this {HEADER} was answered with more than {max_bytes:,} bytes, which are not kept.",
        kind=ErrorKind.IDEMPOTENCY_KEY_REUSED,
        facts=ErrorFacts(hint="Use another key to make the call once more.", field=HEADER),
    )
