"""What is learnt of one column, batch by batch in bounded memory."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import numpy as np
import polars as pl

from textnlp.domain.diversity.distinct_count import DistinctCount
from textnlp.domain.diversity.number_counts import NumberCounts
from textnlp.domain.diversity.text_diversity import DiversityFigures as Diversity
from textnlp.domain.diversity.text_diversity import TextDiversity
from textnlp.domain.reports.column_figures import ColumnFigures, DiversityFigures, GramFigures, GrowthPoint, ValueFigure
from textnlp.domain.reports.number_figures import number_figures

_MOST_VALUES = 400
_SHOWN_VALUES = 20
_MOST_CHARACTERS = 80
_MOST_NUMBER = 1e290


class ColumnProfile:
    """Counts the values of one column.

    Values are counted one by one as long as there are at most 400 different ones of at most 80 characters each, and
    not nearly as many as rows.
    """

    def __init__(self, *, has_diversity: bool, seed: int = 0) -> None:
        self.rows = 0
        self.nulls = 0
        self.lengths = NumberCounts()
        self.numbers = NumberCounts()
        self._kinds: Counter[str] = Counter()
        self._values: Counter[str] | None = Counter()
        self._distinct = DistinctCount()
        self._diversity = TextDiversity(seed=seed) if has_diversity else None

    def add(self, values: Sequence[Any]) -> None:
        """Count values in."""
        self.rows += len(values)
        known = [value for value in values if value is not None]
        self.nulls += len(values) - len(known)
        texts = [text for value in known if (text := text_of(value)) is not None]
        if texts:
            self._add_texts(texts)
        numbers = [float(max(min(value, _MOST_NUMBER), -_MOST_NUMBER)) for value in known if _is_number(value)]
        if numbers:
            self.numbers.add(np.array(numbers))
        self._kinds.update(map(_kind_of, known))
        self._count([value if isinstance(value, str) else _encoded(value) for value in known])

    def add_nulls(self, count: int) -> None:
        """Count rows in that lack the column."""
        self.rows += count
        self.nulls += count

    @property
    def values(self) -> Counter[str]:
        """How often each value comes; empty where there are too many."""
        return Counter() if self._values is None else self._values

    def diversity(self) -> Diversity | None:
        """Return how diverse its texts are; None where they are labels, or are not looked at."""
        is_label = bool(self.values) and len(self.values) * 2 <= self.rows
        return None if self._diversity is None or is_label or not self.lengths.count else self._diversity.figures()

    def figures(self, name: str, *, type_name: str = "", kind: str = "") -> ColumnFigures:
        """Return the figures of the values so far."""
        values = self.values if len(self.values) * 2 <= max(self.rows, 2) else Counter[str]()
        shown = values.most_common(_SHOWN_VALUES)
        diversity = self.diversity()
        is_numeric = bool(self.numbers.count) and self.numbers.count == sum(values.values())
        if is_numeric:
            shown.sort(key=lambda pair: float(pair[0]))
        return ColumnFigures(
            name=name,
            type=type_name or " or ".join(sorted(self._kinds)) or "null",
            kind=kind,
            rows=self.rows,
            nulls=self.nulls,
            distinct=self._distinct.count,
            lengths=None if values else number_figures(self.lengths),
            numbers=number_figures(self.numbers),
            values=[ValueFigure(value=value, rows=rows) for value, rows in shown],
            other_rows=values.total() - sum(rows for _, rows in shown),
            diversity=None if diversity is None else diversity_figures(diversity),
        )

    def _add_texts(self, texts: list[str]) -> None:
        series = _series(texts)
        self.lengths.add(series.str.len_chars().to_numpy().astype(np.float64))
        if self._diversity is not None:
            self._diversity.add(series)

    def _count(self, values: list[str]) -> None:
        self._distinct.add(_hashes(values))
        if self._values is None:
            return
        counts = Counter(values)
        if len(self._values) + len(counts) > _MOST_VALUES * 2 or max(map(len, counts), default=0) > _MOST_CHARACTERS:
            self._values = None
            return
        self._values.update(counts)
        if len(self._values) > _MOST_VALUES:
            self._values = None


def text_of(value: Any) -> str | None:
    """Return the text of a value: a text as it is, a conversation as its contents; None where it is neither."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return None
    contents: list[str] = []
    for item in cast("list[Any]", value):
        content = cast("dict[str, Any]", item).get("content") if isinstance(item, dict) else None
        if not isinstance(content, str):
            return None
        contents.append(content)
    return "\n".join(contents)


def diversity_figures(found: Diversity) -> DiversityFigures:
    """Return the figures of a column's texts as a report states them."""
    return DiversityFigures(
        texts=found.texts,
        sampled=found.sampled,
        words=found.words,
        grams=[
            GramFigures(length=gram.length, total=gram.total, distinct=gram.distinct, share=gram.share)
            for gram in found.grams
        ],
        growth=[GrowthPoint(words=words, distinct=distinct) for words, distinct in found.growth],
        heaps=found.heaps,
        self_bleu=found.self_bleu,
        compression=found.compression,
        languages=[ValueFigure(value=code, rows=rows) for code, rows in found.languages.items()],
    )


def _series(texts: list[str]) -> pl.Series:
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series([text.encode("utf-8", "replace").decode() for text in texts], dtype=pl.String)


def _hashes(values: list[str]) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return _series(values).hash(seed=11).to_numpy().astype(np.uint64)


def _encoded(value: Any) -> str:
    encoded = msgspec.json.encode(value, enc_hook=str, order="sorted")
    return encoded.decode() if len(encoded) <= _MOST_CHARACTERS else hashlib.blake2b(encoded).hexdigest()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"
