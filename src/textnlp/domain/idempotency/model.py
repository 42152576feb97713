"""Answers that are given again to whoever repeats a call with the same `Idempotency-Key`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textnlp.domain.identifiers import ClaimId


class KeyState(StrEnum):
    """What became of a key that has no answer yet: the call has it, or an earlier one that still runs."""

    CLAIMED = "claimed"
    IN_USE = "in use"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClaim:
    """The right of one call to answer for a key.

    Attributes:
        key_id: what stands for the key; see `rules.key_id_of`.
        tenant: whose call it is.
        id: tells this call from an earlier or later one with the same key.
        claimed_at: when the call began.
        expires_at: when the right ends, so that a call whose process died leaves its key to the next.
    """

    key_id: bytes
    tenant: str
    id: ClaimId
    claimed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """The answer to a call, as it was sent.

    Attributes:
        fingerprint: digest of the request that was answered; another request with the same key is a mistake.
        status: HTTP status.
        headers: those that belong to the answer and not to the connection, lower-case names first.
        body: None where it was too large to keep.
        expires_at: when the key is free again.
    """

    fingerprint: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    expires_at: datetime
