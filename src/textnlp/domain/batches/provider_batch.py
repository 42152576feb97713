"""Batches that are handed to a provider, which answers them within a day at a lower price."""

from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.identifiers import ProviderBatchKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderBatch:
    """What is remembered of one batch from before it is handed over until its answers are taken.

    Without `file_id` nothing was asked of the provider; with it the batch may exist, under `key` in its metadata, even
    where `batch_id` is not known; with `batch_id` it exists.

    Attributes:
        key: unique, and known to the provider as the batch's metadata.
        deployment: who is asked, as the engine is named.
        model: the one model of all requests, as the provider knows it.
        hashes: the payload hash of every request, in the order of the lines of the file.
        prompt_tokens: estimate of what the batch takes of the provider's quota while it lives.
        round: how many batches its requests have been in, this one included.
        recorded_at: when it was recorded.
        touched_at: when whoever hands it over last said to be alive.
        file_id: the provider's id of the uploaded requests.
        batch_id: the provider's id of the batch.
    """

    key: ProviderBatchKey
    deployment: str
    model: str
    hashes: tuple[bytes, ...]
    prompt_tokens: int
    recorded_at: datetime
    touched_at: datetime
    round: int = 1
    file_id: str | None = None
    batch_id: str | None = None
