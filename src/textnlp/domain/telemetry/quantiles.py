"""Quantiles of values of which only the buckets are known."""

from collections.abc import Iterable, Sequence


def quantile(share: float, buckets: Sequence[int], bounds: Sequence[float]) -> float | None:
    """Estimate the value that `share` of all are at most; None where there are none.

    Values are taken to be spread evenly in their bucket, the first one to begin at 0, as Prometheus'
    `histogram_quantile` does. What lies above the last bound counts as that bound.
    """
    total = sum(buckets)
    if not total:
        return None
    rank, below = share * total, 0
    for index, count in enumerate(buckets):
        if count and below + count >= rank:
            if index == len(bounds):
                break
            lower = bounds[index - 1] if index else 0.0
            return lower + (bounds[index] - lower) * max(0.0, rank - below) / count
        below += count
    return bounds[-1]


def added_buckets(parts: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Add buckets up, one by one; those of no parts are none."""
    filled = [part for part in parts if part]
    return tuple(map(sum, zip(*filled, strict=True)))
