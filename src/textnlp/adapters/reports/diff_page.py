"""How a dataset differs from another one, as a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np

from textnlp.adapters.reports.bar import Bar
from textnlp.adapters.reports.figures import count_text, percent_text
from textnlp.adapters.reports.page import render_page
from textnlp.adapters.reports.tile import Tile
from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.domain.reports.column_figures import ColumnFigures, NumberFigures
from textnlp.domain.reports.dataset_diff import ColumnDiff, DatasetDiff
from textnlp.domain.reports.model import Notice

_BARS = 24
_MOST_VALUES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePair:
    """A value with its share of the rows in either dataset."""

    label: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPair:
    """A column in both: values with shares, or two histograms over the same stretches from `low` to `high`."""

    name: str
    what: str
    values: Sequence[ValuePair] = ()
    before: Sequence[int] = ()
    after: Sequence[int] = ()
    low: float = 0.0
    high: float = 0.0
    mean_before: float = 0.0
    mean_after: float = 0.0


def render_diff(diff: DatasetDiff) -> bytes:
    """Return the page of a comparison."""
    rows = diff.rows
    known = [("unchanged", rows.unchanged), ("changed", rows.changed), ("added", rows.added), ("removed", rows.removed)]
    shown = [column for column in diff.columns if column.name not in {diff.by, ROW_ID}]
    pairs = [pair for column in shown if (pair := _pair(column)) is not None]
    samples = [
        ("added", "Added rows", rows.added, diff.added_rows),
        ("removed", "Removed rows", rows.removed, diff.removed_rows),
    ]
    page = render_page(
        "diff.html",
        diff=diff,
        tiles=list(_tiles(diff)),
        notices=list(_notices(diff)),
        kinds=[Bar(label=name, count=count) for name, count in known],
        repeated=_repeated(diff),
        facts=list(_facts(diff)),
        pairs=pairs,
        samples=samples,
        sections=list(_sections(diff, has_pairs=bool(pairs))),
    )
    return page.encode()


def _tiles(diff: DatasetDiff) -> Iterator[Tile]:
    rows = diff.rows
    growth = diff.after.rows - diff.before.rows
    yield Tile(label="Rows", value=count_text(diff.after.rows), note=f"{growth:+,} against {diff.before.rows:,}")
    yield Tile(label="Added", value=count_text(rows.added))
    yield Tile(label="Removed", value=count_text(rows.removed))
    if diff.by:
        yield Tile(label="Changed", value=count_text(rows.changed))
    same = rows.unchanged / diff.before.rows if diff.before.rows else 0.0
    yield Tile(label="Unchanged", value=count_text(rows.unchanged), note=f"{percent_text(same)} of those before")
    drifting = len({each.column for each in diff.drift if each.level in {"moderate", "large"}})
    yield Tile(label="Columns that drift", value=count_text(drifting))


def _notices(diff: DatasetDiff) -> Iterator[Notice]:
    for side in (diff.before, diff.after):
        if side.unreadable:
            yield Notice(level="warning", message=f"{side.unreadable:,} rows of {side.name} cannot be read.")
    for each in diff.drift:
        if each.level == "large":
            yield Notice(level="warning", message=f"The {each.of} of {each.column} are far from those before.")


def _repeated(diff: DatasetDiff) -> str:
    before, after = diff.rows.repeated_before, diff.rows.repeated_after
    if not before and not after:
        return ""
    return f"Left out because {diff.by} came there already: {before:,} before, {after:,} after."


def _facts(diff: DatasetDiff) -> Iterator[tuple[str, str, str]]:
    before, after = diff.before.facts, diff.after.facts
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = before.get(name, ""), after.get(name, "")
        if one != other:
            yield name, one, other


def _sections(diff: DatasetDiff, *, has_pairs: bool) -> Iterator[tuple[str, str]]:
    yield "rows", "Rows"
    if diff.columns_added or diff.columns_removed or diff.columns_retyped:
        yield "schema", "Schema"
    parts = [("drift", "Drift", diff.drift), ("columns", "Columns", has_pairs)]
    parts += [("changed", "Changed rows", diff.changed_rows), ("added", "Added rows", diff.added_rows)]
    parts += [("removed", "Removed rows", diff.removed_rows)]
    for name, title, part in parts:
        if part:
            yield name, title


def _pair(column: ColumnDiff) -> ColumnPair | None:
    before, after = column.before, column.after
    if before is None or after is None:
        return None
    if before.values and after.values:
        return ColumnPair(name=column.name, what="values", values=_values(before, after))
    if before.numbers is not None and after.numbers is not None:
        return _histograms(column.name, "numbers", before.numbers, after.numbers)
    if before.lengths is not None and after.lengths is not None:
        return _histograms(column.name, "lengths", before.lengths, after.lengths)
    return None


def _values(before: ColumnFigures, after: ColumnFigures) -> list[ValuePair]:
    one = {value.value: value.rows / max(1, before.rows) for value in before.values}
    other = {value.value: value.rows / max(1, after.rows) for value in after.values}
    names = list(dict.fromkeys([*one, *other]))
    chosen = set(sorted(names, key=lambda name: -max(one.get(name, 0), other.get(name, 0)))[:_MOST_VALUES])
    return [
        ValuePair(label=name, before=one.get(name, 0.0), after=other.get(name, 0.0)) for name in names if name in chosen
    ]


def _histograms(name: str, what: str, before: NumberFigures, after: NumberFigures) -> ColumnPair | None:
    low, high = min(before.low, after.low), max(before.high, after.high)
    if low == high:
        return None
    edges = np.linspace(low, high, _BARS + 1)
    return ColumnPair(
        name=name,
        what=what,
        before=_spread(before, edges),
        after=_spread(after, edges),
        low=low,
        high=high,
        mean_before=before.mean,
        mean_after=after.mean,
    )


def _spread(numbers: NumberFigures, edges: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[int]:
    """Return a histogram over other edges, as if the numbers lay evenly within each of its stretches."""
    own = np.array(numbers.histogram.edges)
    below = np.concatenate(([0], np.cumsum(numbers.histogram.counts)))
    interpolated = cast("Any", np.interp(edges, own, below, left=0, right=below[-1]))
    spread = cast("list[float]", interpolated.tolist())
    return [round(after) - round(before) for before, after in pairwise(spread)]
