"""Batches that a model's provider works through on the platform's behalf."""

from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES
from textnlp.domain.errors import ErrorKind, TextNLPError


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedBatch:
    """A file of requests on its way to a provider or with it.

    Attributes:
        key: names the submission at the provider, too, so that a batch whose creation nobody saw end can be found.
        engine: the deployment that answers it.
        created_at: when the submission began.
        row_hashes: what it asks, by `payload_hash`, in the order of its lines.
        file_id: the provider's file of requests; None before it is uploaded.
        batch_id: the provider's batch; None before it is created.
    """

    key: str
    engine: str
    created_at: datetime
    row_hashes: tuple[bytes, ...]
    file_id: str | None = None
    batch_id: str | None = None


def pack_hashes(hashes: tuple[bytes, ...]) -> bytes:
    """Return the hashes as one run of bytes."""
    return b"".join(hashes)


def unpack_hashes(packed: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a run of bytes; raise `INTERNAL` where its length is none that hashes have."""
    if len(packed) % PAYLOAD_HASH_BYTES:
        message = "The stored hashes of a provider's batch cannot be read."
        raise TextNLPError(message, kind=ErrorKind.INTERNAL)
    starts = range(0, len(packed), PAYLOAD_HASH_BYTES)
    return tuple(packed[start : start + PAYLOAD_HASH_BYTES] for start in starts)
