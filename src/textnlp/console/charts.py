"""Charts as SVG, drawn here: they are read without scripts, and need no style attribute, which the policy forbids."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

_WIDTH, _HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 10, 24
_RULES = 4
_COLOURS = 4
_DAY_SECONDS = 86_400
_FEW_TIMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart.

    Attributes:
        points: moments with values, in order; None where nothing was measured, which leaves a gap.
    """

    name: str
    points: Sequence[tuple[datetime, float | None]]


def line_chart(series: Sequence[Series], *, title: str, unit: str = "") -> Markup:
    """Draw lines over time, from zero up, with what each ends at in the legend; nothing to draw says so."""
    moments = [at for each in series for at, value in each.points if value is not None]
    if not moments:
        return Markup('<p class="quiet">Nothing was measured in this time.</p>')
    begin, end = min(moments), max(moments)
    top = _round_up(max(value for each in series for _, value in each.points if value is not None))
    parts = [_grid(top, unit), _times(begin, end)]
    for index, each in enumerate(series):
        parts.append(_line(each, index, begin=begin, end=end, top=top))
    label = f"{title}: {'; '.join(_ending(each, unit) for each in series)}"
    drawing = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, label, Markup("").join(parts)
    )
    return drawing + _legend(series, unit)


def progress_bar(parts: Sequence[tuple[str, int]], whole: int, *, label: str) -> Markup:
    """Draw parts of a whole side by side; each part's name is its class, and `label` says it in words."""
    drawn: list[Markup] = []
    at = 0.0
    for name, count in parts:
        width = 100 * count / whole if whole else 0.0
        drawn.append(Markup('<rect class="{}" x="{:.3f}" width="{:.3f}" height="10"/>').format(name, at, width))
        at += width
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(label, Markup("").join(drawn))


def _x(at: datetime, begin: datetime, end: datetime) -> float:
    span = (end - begin).total_seconds() or 1.0
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (at - begin).total_seconds() / span


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top


def _line(series: Series, index: int, *, begin: datetime, end: datetime, top: float) -> Markup:
    """Draw one series; a point that stands alone becomes a dot."""
    colour = index % _COLOURS
    runs: list[list[str]] = [[]]
    for at, value in series.points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at, begin, end):.1f},{_y(value, top):.1f}")
    drawn: list[Markup] = []
    for run in runs:
        if len(run) == 1:
            x, y = run[0].split(",")
            drawn.append(Markup('<circle class="f{}" cx="{}" cy="{}" r="2.5"/>').format(colour, x, y))
        elif run:
            drawn.append(Markup('<polyline class="line s{}" points="{}"/>').format(colour, " ".join(run)))
    return Markup("").join(drawn)


def _grid(top: float, unit: str) -> Markup:
    parts: list[Markup] = []
    for step in range(_RULES + 1):
        value = top * step / _RULES
        y = _y(value, top)
        parts.append(
            Markup('<line class="rule" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(_LEFT, _WIDTH - _RIGHT, y, y)
        )
        parts.append(
            Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
                _LEFT - 6, y + 4, _short(value) + (f" {unit}" if unit and step == _RULES else "")
            )
        )
    return Markup("").join(parts)


def _times(begin: datetime, end: datetime) -> Markup:
    form = "%H:%M" if (end - begin).total_seconds() <= _DAY_SECONDS else "%m-%d"
    parts: list[Markup] = []
    for step in range(_FEW_TIMES):
        at = begin + (end - begin) * step / (_FEW_TIMES - 1)
        anchor = "start" if step == 0 else "end" if step == _FEW_TIMES - 1 else "middle"
        parts.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
                _x(at, begin, end), _HEIGHT - 6, anchor, at.astimezone(UTC).strftime(form)
            )
        )
        if end == begin:
            break
    return Markup("").join(parts)


def _legend(series: Sequence[Series], unit: str) -> Markup:
    swatch = Markup('<svg viewBox="0 0 10 10" aria-hidden="true"><rect class="f{}" width="10" height="10"/></svg>')
    entries = [
        Markup("<li>{}{}</li>").format(swatch.format(index % _COLOURS), _ending(each, unit))
        for index, each in enumerate(series)
    ]
    return Markup('<ul class="legend chart-legend">{}</ul>').format(Markup("").join(entries))


def _ending(series: Series, unit: str) -> str:
    last = next((value for _, value in reversed(series.points) if value is not None), None)
    told = "none" if last is None else f"{_short(last)}{f' {unit}' if unit else ''}"
    return f"{series.name} {told}"


def _short(value: float) -> str:
    for least, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= least:
            return f"{value / (1000 if letter == 'k' else least):.3g}{letter}"
    return f"{value:.3g}" if value % 1 else f"{value:.0f}"


def _round_up(value: float) -> float:
    """Return the next value of 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)
