"""Claims and answers for tests of the store of idempotency keys."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim
from textnlp.domain.identifiers import ClaimId

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)
_numbers = itertools.count()


def claim(key: str = "k", *, tenant: str = "a", at: datetime = NOON, lease: timedelta = LEASE) -> KeyClaim:
    """Return a claim of a call of its own."""
    key_id = hashlib.sha256(f"{tenant}/{key}".encode()).digest()
    number = ClaimId(f"claim_{next(_numbers)}")
    return KeyClaim(key_id=key_id, tenant=tenant, id=number, claimed_at=at, expires_at=at + lease)


def answer(body: bytes | None = b"{}", *, at: datetime = NOON) -> KeptAnswer:
    """Return an answer that is kept for a day."""
    return KeptAnswer(
        fingerprint=b"\x00\xff" * 16,
        status=201,
        headers=(("content-type", "text/plain; charset=utf-8"), ("location", "/é")),
        body=body,
        expires_at=at + DAY,
    )
