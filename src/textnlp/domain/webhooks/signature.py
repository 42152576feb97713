"""Signatures of webhooks, as Standard Webhooks 1.0 has them (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """The secret that a receiver checks signatures with: `whsec_` and base64; its `repr` does not show it.

    It is kept in clear, since a signature cannot be made from a hash of it.
    """

    text: str = field(repr=False)

    @property
    def key(self) -> bytes:
        """The bytes that sign."""
        return base64.b64decode(self.text.removeprefix(_PREFIX))


def new_secret() -> SigningSecret:
    """Make a secret of 32 random bytes."""
    return SigningSecret(_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())


def signed_headers(signing: Sequence[SigningSecret], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that identify a message and prove where it is from.

    One signature a secret, so that receivers with the old and with the present secret both find theirs while a secret
    is being exchanged. `message_id` must hold no full stop; `at` is the moment of this attempt.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (hmac.new(secret.key, content, hashlib.sha256).digest() for secret in signing)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"{_VERSION},{base64.b64encode(each).decode()}" for each in signatures),
    }
