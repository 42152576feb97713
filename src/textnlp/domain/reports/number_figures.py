"""Numbers, as a report states them."""

from textnlp.domain.diversity.number_counts import NumberCounts
from textnlp.domain.reports.column_figures import Histogram, NumberFigures


def number_figures(numbers: NumberCounts, *, bars: int = 24) -> NumberFigures | None:
    """Return the figures of numbers; None of none."""
    if not numbers.count:
        return None
    return NumberFigures(
        count=numbers.count,
        mean=numbers.mean,
        low=numbers.low,
        high=numbers.high,
        p05=numbers.quantile(0.05),
        median=numbers.quantile(0.5),
        p95=numbers.quantile(0.95),
        histogram=Histogram(edges=numbers.edges(bars=bars), counts=numbers.histogram(bars=bars)),
    )
