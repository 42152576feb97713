"""The report of a dataset: one page that needs nothing beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, StrictUndefined

from textnlp.adapters.dataset_files.judge_notes import JudgePart
from textnlp.domain.datasets.column_summary import ColumnSummary, length_bars
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts

_PACKAGE = "textnlp.adapters.dataset_files"
_MOST_BARS = 15
_MOST_CHARACTERS = 600
_PLOT_HEIGHT = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: `share` is of the longest one, 0 to 100."""

    label: str
    count: int
    share: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPart:
    """What the page shows of one column: a histogram of lengths, bars of values, and facts as a line."""

    name: str
    type: str
    facts: str
    lengths: Sequence[Bar]
    values: Sequence[Bar]


def render_report(
    version: DatasetVersion,
    *,
    facts: DatasetFacts,
    summaries: Mapping[str, ColumnSummary],
    examples: Sequence[Mapping[str, Any]],
    judges: Sequence[JudgePart] = (),
) -> str:
    """Return the page; every text of rows and recipe is escaped, and the page may load nothing and run nothing."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = files(_PACKAGE).joinpath("templates", "report.html").read_text(encoding="utf-8")
    counts = version.counts
    fates = [("accepted", counts.accepted), ("rejected", counts.rejected)]
    fates += [("failed", counts.failed), ("surplus", counts.surplus)]
    return environment.from_string(source).render(
        version=version,
        description=facts.recipe.get("description") or "",
        facts=facts,
        fates=[(name, count, 100 * count / max(1, counts.rows)) for name, count in fates],
        reasons=_reason_bars(version),
        splits=_bars(dict(version.splits)),
        columns=[
            _column(column.name, column.type, summaries[column.name])
            for column in version.columns
            if column.name in summaries
        ],
        examples=[{name: _shown(value) for name, value in row.items()} for row in examples],
        judges=judges,
        height=_PLOT_HEIGHT,
    )


def _reason_bars(version: DatasetVersion) -> list[Bar]:
    most = max((reason.count for reason in version.reasons), default=1)
    return [
        Bar(label=reason.code, count=reason.count, share=100 * reason.count / most, note=reason.example)
        for reason in version.reasons[:_MOST_BARS]
    ]


def _column(name: str, type_name: str, summary: ColumnSummary) -> ColumnPart:
    known = [f"{summary.nulls:,} null"] if summary.nulls else []
    if summary.texts:
        known.append(f"{summary.characters / summary.texts:,.0f} characters on average")
    if summary.numbers:
        mean = summary.total / summary.numbers
        known.append(f"from {summary.low:,.6g} to {summary.high:,.6g}, {mean:,.6g} on average")
    values = {} if len(summary.values) * 2 > summary.rows > 1 else dict(summary.values.most_common())
    if summary.numbers == sum(values.values()):
        values = {label: values[label] for label in sorted(values, key=float)}
    bars = length_bars(summary.lengths) if not values and summary.texts else []
    most = max((count for _, _, count in bars), default=1)
    lengths = [
        Bar(label=f"{low:,} to {high:,} characters", count=count, share=100 * count / most) for low, high, count in bars
    ]
    return ColumnPart(name=name, type=type_name, facts=", ".join(known), lengths=lengths, values=_bars(values))


def _bars(counts: Mapping[str, int]) -> list[Bar]:
    most = max(counts.values(), default=1) or 1
    bars = [Bar(label=label, count=count, share=100 * count / most) for label, count in counts.items()]
    if len(bars) <= _MOST_BARS:
        return bars
    rest = sum(bar.count for bar in bars[_MOST_BARS:])
    others = Bar(label=f"{len(bars) - _MOST_BARS} others", count=rest, share=min(100, 100 * rest / most))
    return [*bars[:_MOST_BARS], others]


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"
