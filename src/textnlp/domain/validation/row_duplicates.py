"""Which rows repeat each other, or rows of earlier datasets."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from textnlp.domain.duplicates.clusters import Clusters, Removal
from textnlp.domain.duplicates.text_index import TextIndex
from textnlp.domain.validation.compared_rows import compared_texts, kept_ranks
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.row_checks import CheckedRow

MakeTextIndex = Callable[[Deduplication], TextIndex]
"""Makes the index of what is compared, with the file and the threads that it may use."""

_DUPLICATE = "duplicate"


class RowDuplicates:
    """Takes in all rows of a corpus in their order, then tells which are removed.

    Rows that fail their checks are neither compared nor kept. Of each row that passes, 16 bytes stay here beside what
    the index keeps.
    """

    def __init__(self, check: Deduplication, index: TextIndex) -> None:
        self._check = check
        self._index = index
        self._numbers, self._lines = array("q"), array("q")
        self._begins: list[int] = []
        self._files: list[str] = []

    def prime(self, records: Sequence[Record], *, dataset: str) -> None:
        """Take in rows of an earlier dataset, which are all kept; before any others."""
        batch = RowBatch([record.values for record in records])
        self._index.prime(compared_texts(batch, self._check.columns), dataset=dataset)

    def add(self, records: Sequence[Record], checked: Sequence[CheckedRow]) -> None:
        """Take in rows with what checks say of them."""
        for record in records:
            if not self._files or record.file != self._files[-1]:
                self._begins.append(len(self._numbers))
                self._files.append(record.file)
            self._numbers.append(record.number)
            self._lines.append(record.line)
        batch = RowBatch([{} if row.reasons else row.values for row in checked])
        texts = compared_texts(batch, self._check.columns)
        self._index.add(texts, ranks=kept_ranks(batch, self._check, texts))

    def found(self) -> "FoundDuplicates":
        """Return what is removed of all that was taken in."""
        return FoundDuplicates(self._index.clusters(), self._reason)

    def _reason(self, removal: Removal) -> Reason:
        keeper, number = removal.keeper, removal.keeper.row
        says = "says what" if removal.similarity == 1 else "says nearly what"
        if keeper.dataset is not None:
            told, where = f"row {number + 1} of {keeper.dataset}", ""
        else:
            told = f"row {self._numbers[number]}"
            where = f"{self._files[bisect_right(self._begins, number) - 1]}, line {self._lines[number]}"
        likeness = "" if removal.similarity == 1 else f"similarity {removal.similarity:.2f}"
        aside = "; ".join(part for part in (where, likeness) if part)
        return Reason(
            code=_DUPLICATE,
            message=f"It {says} {told} says{f' ({aside})' if aside else ''}.",
            column=", ".join(self._check.columns),
            row=told.removeprefix("row "),
            similarity=removal.similarity,
        )


class FoundDuplicates:
    """Rows that repeat others, to be told to the rows in the order in which these were taken in."""

    def __init__(self, clusters: Clusters, reason: Callable[[Removal], Reason]) -> None:
        self._removals = clusters.removals()
        self._reason = reason
        self._next = next(self._removals, None)
        self._row = 0

    def reject(self, checked: Sequence[CheckedRow]) -> None:
        """Give those of the next rows that are removed a reason, which points at the row that is kept."""
        first, self._row = self._row, self._row + len(checked)
        for removal in self._until(self._row):
            checked[removal.row - first].reasons.append(self._reason(removal))

    def _until(self, end: int) -> Iterator[Removal]:
        while self._next is not None and self._next.row < end:
            yield self._next
            self._next = next(self._removals, None)
