"""Rows that were looked at once and have to wait for the others."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow

SpooledBatch = tuple[list[Record | BadRecord], list[CheckedRow]]
"""Rows in their order, and what checks say of those that could be read."""


class RowSpool(Protocol):
    """Keeps batches in their order, in memory that does not grow with them; gone when it is closed.

    A disk that is full or away raises `UNAVAILABLE`.
    """

    def add(self, batch: Sequence[Record | BadRecord], checked: Sequence[CheckedRow]) -> None:
        """Keep a batch."""
        ...

    def batches(self) -> Iterator[SpooledBatch]:
        """Yield all batches, each as it was added."""
        ...
