"""The operator that looks for benchmarks in rows."""

from typing import Any

import numpy as np

from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex
from textnlp.domain.validation.outside_checks import DecontaminationCheck
from textnlp.domain.validation.reason import Overlap, Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.shown_value import shown
from textnlp.domain.validation.verdicts import Verdicts


class DecontaminationOperator:
    """Satisfies `Operator` for columns of texts and an index of benchmarks; scores are words in common, the most."""

    version = "1"
    column = None

    def __init__(self, check: DecontaminationCheck, index: BenchmarkIndex) -> None:
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self.name = check.name
        self._columns = check.columns
        self._index = index

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows that have too many words in a row in common with a benchmark, which, and where in it."""
        reasons: dict[int, Reason] = {}
        scores = np.zeros(len(batch))
        for column in self._columns:
            for place, overlap in self._index.find(batch.texts(column)).items():
                if overlap.words <= scores[place]:
                    continue
                scores[place] = overlap.words
                told = f"{column} has {overlap.words} words in common with {overlap.file}, line {overlap.line}: "
                copied = Overlap(
                    kind="contamination",
                    source=f"{overlap.file}, line {overlap.line}",
                    words=overlap.words,
                    text=overlap.span,
                )
                reasons[place] = Reason(
                    code=self.name, message=f"{told}{shown(overlap.span)}.", column=column, overlap=copied
                )
        return Verdicts(reasons=reasons, scores=scores)
