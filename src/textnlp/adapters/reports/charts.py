"""Charts as SVG, drawn here so that a page needs no script.

Nothing is placed by style attributes, which the pages' policy forbids. Charts stretch to the width of where they
stand; words stand beside them, in HTML, where they keep their size.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from textnlp.adapters.reports.bar import Bar
from textnlp.adapters.reports.figures import count_text, figure_text
from textnlp.domain.reports.column_figures import GrowthPoint, Histogram

_WIDTH, _HEIGHT = 480.0, 92.0
_GAP = 0.12


def meter(share: float, kind: str = "") -> Markup:
    """Return a bar that is filled to `share` percent; what it says stands beside it as a number."""
    width = min(100.0, max(0.0, share))
    opening = '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
    return _filled(opening + '<rect class="fill {}" width="{}" height="8"></rect></svg>', kind, f"{width:.2f}")


def stack_plot(bars: Sequence[Bar]) -> Markup:
    """Return one bar with a part for each of `bars`, coloured by the class that is its label."""
    total = sum(bar.count for bar in bars) or 1
    parts: list[Markup] = []
    start = 0.0
    for bar in bars:
        width = 100 * bar.count / total
        rect = '<rect class="{}" x="{}" width="{}" height="14"><title>{}: {}</title></rect>'
        parts.append(_filled(rect, bar.label, f"{start:.3f}", f"{width:.3f}", bar.label, count_text(bar.count)))
        start += width
    label = ", ".join(f"{bar.label} {count_text(bar.count)}" for bar in bars)
    return _svg("stack", "0 0 100 14", label, parts)


def histogram_plot(histogram: Histogram, unit: str, label: str) -> Markup:
    """Return a histogram; each of its bars says in words what it stands for."""
    most = max(histogram.counts, default=0) or 1
    step = _WIDTH / max(1, len(histogram.counts))
    parts: list[Markup] = []
    for place, (low, high, count) in enumerate(stretches(histogram)):
        if not count:
            continue
        # What is there at all is seen, however little it is.
        height = max(1.5, _HEIGHT * count / most)
        told = f"{figure_text(low)} to {figure_text(high)}{' ' if unit else ''}{unit}: {count_text(count)}"
        rect = '<rect class="fill" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        x, width = step * (place + _GAP / 2), step * (1 - _GAP)
        parts.append(_filled(rect, *(f"{each:.2f}" for each in (x, _HEIGHT - height, width, height)), told))
    return _svg("plot", f"0 0 {_WIDTH:g} {_HEIGHT:g}", label, parts)


def growth_plot(points: Sequence[GrowthPoint], label: str) -> Markup:
    """Return a line from nothing to the last point."""
    last = points[-1]
    places = [
        (_WIDTH * point.words / max(1, last.words), _HEIGHT * (1 - point.distinct / max(1, last.distinct)))
        for point in points
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(0.0, _HEIGHT), *places])
    part = _filled('<polyline class="line" points="{}"></polyline>', line)
    return _svg("plot", f"0 0 {_WIDTH:g} {_HEIGHT:g}", label, [part])


def pair_plot(before: Sequence[int], after: Sequence[int], label: str) -> Markup:
    """Return two histograms over the same stretches in one, as shares of each."""
    shares = [[count / (sum(counts) or 1) for count in counts] for counts in (before, after)]
    most = max((share for each in shares for share in each), default=0) or 1
    step = _WIDTH / max(1, len(before))
    parts: list[Markup] = []
    for side, (name, each) in enumerate(zip(("before", "after"), shares, strict=True)):
        for place, share in enumerate(each):
            height = max(1.5, _HEIGHT * share / most) if share else 0.0
            width = step * (1 - 2 * _GAP) / 2
            x = step * (place + _GAP) + side * width
            rect = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect>'
            if share:
                numbers = (f"{number:.2f}" for number in (x, _HEIGHT - height, width, height))
                parts.append(_filled(rect, name, *numbers))
    return _svg("plot", f"0 0 {_WIDTH:g} {_HEIGHT:g}", label, parts)


def stretches(histogram: Histogram) -> list[tuple[float, float, int]]:
    """Return the stretches of a histogram as (from, to, count); of whole numbers both ends are included."""
    edges = histogram.edges
    is_whole = all(float(edge).is_integer() for edge in edges)
    return [
        (low, max(low, high - 1) if is_whole else high, count)
        for low, high, count in zip(edges, edges[1:], histogram.counts, strict=False)
    ]


def _svg(name: str, box: str, label: str, parts: Iterable[Markup]) -> Markup:
    opening = '<svg class="{}" viewBox="{}" preserveAspectRatio="none" role="img" aria-label="{}">'
    return _filled(opening, name, box, label) + Markup("").join(parts) + Markup("</svg>")


def _filled(pattern: str, *values: str) -> Markup:
    """Return a pattern of ours with values in it, which are escaped."""
    return Markup(pattern).format(*values)  # noqa: S704  patterns are constants of this module
