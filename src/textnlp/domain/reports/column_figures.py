"""What a report says of a column."""

import msgspec


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of numbers; stretch i goes from `edges[i]` to below `edges[i + 1]`, the last one includes its end."""

    edges: list[float]
    counts: list[int]


class NumberFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers: median, percentiles and histogram to a 256th, everything else exact."""

    count: int
    mean: float
    low: float
    high: float
    p05: float
    median: float
    p95: float
    histogram: Histogram


class ValueFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How often a value comes."""

    value: str
    rows: int


class GramFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Runs of `length` words; `share` is distinct-n."""

    length: int
    total: int
    distinct: int
    share: float


class GrowthPoint(msgspec.Struct, frozen=True, kw_only=True):
    """How many different words there were after so many."""

    words: int
    distinct: int


class DiversityFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How diverse the texts of a column are; see `domain/diversity` for what the figures mean.

    Attributes:
        sampled: texts that self-BLEU, compression and languages were found on.
        languages: of the sample, the most frequent first.
        spread: mean cosine distance of embeddings, where there are some.
        effective: Vendi score of the embeddings.
    """

    texts: int
    sampled: int
    words: int
    grams: list[GramFigures]
    growth: list[GrowthPoint]
    heaps: float | None = None
    self_bleu: float | None = None
    compression: float | None = None
    languages: list[ValueFigure] = []
    spread: float | None = None
    effective: float | None = None


class ColumnFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a column of accepted rows, or of a field of its objects, as `column.field`.

    Attributes:
        type: as the dataset states it, or what its values are.
        kind: the recipe's, where there is one.
        nulls: rows without a value.
        distinct: different values, within 1 % beyond 65,536.
        lengths: of its texts, in characters.
        numbers: of its numbers.
        values: the most frequent values with their rows, where there are few; `other_rows` are the rows of all others.
        diversity: of its texts, where they are more than labels.
    """

    name: str
    type: str
    kind: str = ""
    rows: int
    nulls: int
    distinct: int
    lengths: NumberFigures | None = None
    numbers: NumberFigures | None = None
    values: list[ValueFigure] = []
    other_rows: int = 0
    diversity: DiversityFigures | None = None
