"""Whether rows repeat each other."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.part import NAME_PATTERN, Name, Part

_Columns = Annotated[list[Name], Field(min_length=1)]
_Share = Annotated[float, Field(gt=0, le=1)]

_KEEP_PATTERN = rf"^(?:first|longest|highest:{NAME_PATTERN.strip('^$')})$"


class Duplicates(Part):
    """Rows that say what an accepted row says already are rejected, and point at it."""

    columns: _Columns
    """The columns whose texts are compared, joined."""
    threshold: _Share = 0.9
    """Similarity (Jaccard, of three-word shingles, verified) from which on two are near-duplicates; 1 looks for equal
    texts only, case and spaces aside."""


class Deduplication(Part):
    """Rows that say what another row of a corpus says are removed, and point at it."""

    columns: _Columns
    """The columns whose texts are compared, joined."""
    threshold: _Share = 0.9
    """Similarity from which on two rows are duplicates; 1 looks for equal texts only, case and spaces aside."""
    method: Literal["exact", "near", "semantic"] = "near"
    """`exact` compares texts, case and white space aside; `near` their three-word shingles (Jaccard, verified);
    `semantic` their embeddings (cosine)."""
    keep: Annotated[str, Field(pattern=_KEEP_PATTERN)] = "first"
    """Which of those that repeat each other is kept: `first`, `longest`, or `highest:<column>`, a column of numbers."""
    against: list[str] = []
    """Files or folders of earlier rows, beside the file of checks, which no row may repeat; they are all kept."""

    @property
    def rank_column(self) -> str | None:
        """The column whose highest number is kept; None where none is asked for."""
        return self.keep.partition(":")[2] or None
