"""Which of the rows that candidates gave make up the dataset."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.model import DatasetCounts, DatasetRow, Reason, ReasonCount, RowFate
from textnlp.domain.duplicates.near_duplicates import NearDuplicates
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.domain.recipes.sampling.quota import quota_cells, quota_targets
from textnlp.domain.validation.compared_text import compared_text

_NO_ROW = Reason(code="no_row", message="The candidate gave no row.")


class Quota:
    """How many rows each cell of a quota column still needs."""

    def __init__(self, column: QuotaColumn, *, rows: int) -> None:
        self._indexes = {_key(cell): index for index, cell in enumerate(quota_cells(column))}
        self.remaining = list(quota_targets(column, rows))

    def is_open(self, value: Any) -> bool:
        """Whether a row with this value is still wanted."""
        return self.remaining[self._indexes[_key(value)]] > 0

    def take(self, value: Any) -> None:
        """Count a row in."""
        self.remaining[self._indexes[_key(value)]] -= 1


class Selection:
    """Decides about the rows of candidates that are handed in by number, from the first on.

    A row that passed its checks is accepted as long as rows are wanted and its quotas are open, unless it says what an
    accepted row says; so the same candidates always give the same dataset, and more candidates only add to it.

    Attributes:
        counts: rows by fate; candidates without any row are among the rejected.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._acceptance = recipe.accept
        self._quotas = {
            name: Quota(column, rows=recipe.accept.rows)
            for name, column in recipe.columns.items()
            if isinstance(column, QuotaColumn)
        }
        duplicates = recipe.accept.duplicates
        self._texts = None if duplicates is None else NearDuplicates(threshold=duplicates.threshold)
        self._compared = () if duplicates is None else tuple(duplicates.columns)
        self._accepted_ids: list[str] = []
        self._candidates = 0
        self._fates: Counter[RowFate] = Counter()
        self._reasons: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    @property
    def wanted(self) -> int:
        """Rows that are still wanted."""
        return self._acceptance.rows - self._fates[RowFate.ACCEPTED]

    @property
    def counts(self) -> DatasetCounts:
        """How many rows met which fate."""
        fates = self._fates
        return DatasetCounts(
            candidates=self._candidates,
            accepted=fates[RowFate.ACCEPTED],
            rejected=fates[RowFate.REJECTED],
            failed=fates[RowFate.FAILED],
            surplus=fates[RowFate.SURPLUS],
        )

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Rank why rows were turned away, the most frequent first."""
        return tuple(
            ReasonCount(code=code, count=count, example=self._examples[code])
            for code, count in self._reasons.most_common()
        )

    def open_cells(self) -> Mapping[str, list[int]]:
        """Return for each quota column how many rows each of its cells still needs."""
        return {name: list(quota.remaining) for name, quota in self._quotas.items()}

    def decide(self, record: CandidateRecord) -> list[DatasetRow]:
        """Return the rows of the next candidate with what becomes of them."""
        self._candidates += 1
        if not record.rows:
            self._fates[RowFate.REJECTED] += 1
            self._count_reason(_NO_ROW)
        return [self._decided(row) for row in record.rows]

    def _decided(self, row: DatasetRow) -> DatasetRow:
        if row.fate is RowFate.ACCEPTED:
            row = self._chosen(row)
        self._fates[row.fate] += 1
        for reason in row.reasons[:1]:
            self._count_reason(reason)
        return row

    def _chosen(self, row: DatasetRow) -> DatasetRow:
        if self.wanted <= 0:
            return dataclasses.replace(row, fate=RowFate.SURPLUS)
        for name, quota in self._quotas.items():
            if not quota.is_open(row.values[name]):
                reason = Reason(code=f"quota:{name}", message="There are enough rows of this kind.", column=name)
                return dataclasses.replace(row, fate=RowFate.SURPLUS, reasons=(reason,))
        text = None if self._texts is None else compared_text(row.values, self._compared)
        if self._texts is not None and text is not None:
            twin = self._texts.find(text)
            if twin is not None:
                kept = self._accepted_ids[twin]
                message = f"It says what row {kept} says."
                reason = Reason(code="duplicate", message=message, column=", ".join(self._compared), row=kept)
                return dataclasses.replace(row, fate=RowFate.REJECTED, reasons=(reason,))
            self._texts.add(text, len(self._accepted_ids))
            self._accepted_ids.append(row.id)
        for name, quota in self._quotas.items():
            quota.take(row.values[name])
        return row

    def _count_reason(self, reason: Reason) -> None:
        self._reasons[reason.code] += 1
        self._examples.setdefault(reason.code, reason.message)


def _key(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")
