"""A bar of a chart."""

from collections.abc import Mapping
from dataclasses import dataclass

_MOST_BARS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: `share` is of the longest one, or of all, 0 to 100."""

    label: str
    count: int
    share: float = 0.0
    note: str = ""


def bars_of(
    counts: Mapping[str, int], notes: Mapping[str, str] | None = None, *, most: int = _MOST_BARS, total: int = 0
) -> list[Bar]:
    """Return a bar for each count, in their order; those beyond `most` become one.

    Bars are as long as their share of `total`, of the longest one where there is none.
    """
    rest = sum(list(counts.values())[most:])
    longest = total or max([*counts.values(), rest, 1])
    told = notes or {}
    bars = [
        Bar(label=label, count=count, share=100 * count / longest, note=told.get(label, ""))
        for label, count in counts.items()
    ]
    if len(bars) <= most:
        return bars
    others = Bar(label=f"{len(bars) - most:,} others", count=rest, share=100 * rest / longest)
    return [*bars[:most], others]
