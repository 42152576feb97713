"""Rows of a ledger that are blanked."""

from collections.abc import Sequence
from typing import Protocol

from textnlp.domain.batches.model import RowOutcome
from textnlp.domain.identifiers import BatchId


class LedgerErasure(Protocol):
    """Takes the content out of rows and leaves what is counted."""

    async def replace(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> None:
        """Give the rows of these outcomes their ids and records, and a payload hash that is none.

        States, tokens and attempts stay; rows that are not there are passed over. Raises `UNAVAILABLE`.
        """
        ...
