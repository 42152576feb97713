"""Rows that repeat a benchmark or their seeds, counted row by row."""

from collections.abc import Sequence
from typing import Literal

from textnlp.domain.reports.finding_figures import OverlapExample, OverlapFigures
from textnlp.domain.reports.shown_text import shown_text
from textnlp.domain.validation.reason import Overlap

_EXAMPLES = 5
_MOST_CHARACTERS = 300


class OverlapTally:
    """Counts rows that repeat sources of one kind, and keeps the longest repetitions."""

    def __init__(self, kind: Literal["contamination", "leakage"]) -> None:
        self._kind: Literal["contamination", "leakage"] = kind
        self._rows = 0
        self._longest: list[OverlapExample] = []

    def add(self, row: str, overlaps: Sequence[Overlap], *, is_hidden: bool) -> None:
        """Count a row with what it repeats; what is of another kind is left out."""
        found = [overlap for overlap in overlaps if overlap.kind == self._kind]
        self._rows += bool(found)
        for overlap in found:
            text = "" if is_hidden else shown_text(overlap.text, most=_MOST_CHARACTERS)
            self._longest.append(OverlapExample(row=row, source=overlap.source, words=overlap.words, text=text))
        self._longest = sorted(self._longest, key=lambda example: -example.words)[:_EXAMPLES]

    def figures(self, *, looked_at: int) -> OverlapFigures:
        """Return the figures so far."""
        return OverlapFigures(
            kind=self._kind,
            looked_at=looked_at,
            rows=self._rows,
            longest_words=max((example.words for example in self._longest), default=0),
            examples=self._longest,
        )
