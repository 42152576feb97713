"""Whom a call to a model is charged to."""

from dataclasses import dataclass

from textnlp.domain.identifiers import BatchId


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom calls are charged to.

    Attributes:
        tenant: the organisation that pays.
        caller: the person or application within it that called.
        route: the operation that was called, such as `generate`, for reports.
        batch_id: the batch that a call belongs to, None outside batches.
    """

    tenant: str
    caller: str
    route: str
    batch_id: BatchId | None = None
