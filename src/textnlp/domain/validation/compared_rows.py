"""What rows are compared by, and which of those that repeat each other is kept."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.hashed_words import as_series
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.row_batch import RowBatch


def compared_texts(batch: RowBatch, columns: Sequence[str]) -> pl.Series:
    """Return by row the values of columns, one a line and what is no text as JSON; null where nothing but space is."""
    lines = [[_text(value) for value in batch.values(column)] for column in columns]
    joined = map("\n".join, zip(*lines, strict=True))
    return as_series([text if text.strip() else None for text in joined]).rename("compared")


def kept_ranks(batch: RowBatch, check: Deduplication, texts: pl.Series) -> npt.NDArray[np.float64] | None:
    """Return by row its rank, of which the highest is kept, nan where there is none; None where the first row is."""
    if check.keep == "longest":
        return texts.str.len_chars().fill_null(0).to_numpy().astype(np.float64)
    if check.rank_column is None:
        return None
    return np.array([_number(value) for value in batch.values(check.rank_column)], np.float64)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
