"""What rows are compared by, and which of those that repeat each other is kept."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.hashed_words import as_series
from textnlp.domain.validation.compared_text import compared_text
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.row_batch import RowBatch


def compared_texts(batch: RowBatch, columns: Sequence[str]) -> pl.Series:
    """Return the `compared_text` of every row."""
    return as_series([compared_text(row, columns) for row in batch.rows]).rename("compared")


def kept_ranks(batch: RowBatch, check: Deduplication, texts: pl.Series) -> npt.NDArray[np.float64] | None:
    """Return by row its rank, of which the highest is kept, nan where there is none; None where the first row is."""
    if check.keep == "longest":
        return texts.str.len_chars().fill_null(0).to_numpy().astype(np.float64)
    if check.rank_column is None:
        return None
    return np.array([_number(value) for value in batch.values(check.rank_column)], np.float64)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
