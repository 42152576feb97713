"""Where a dataset is from and where it went, drawn as boxes in columns with lines between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

_BOX_WIDTH, _BOX_HEIGHT = 168, 46
_GAP_X, _GAP_Y = 44, 14
_MARGIN = 6
_MOST_CHARACTERS = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box.

    Attributes:
        name: what edges call it by.
        kind: the class that it is drawn with.
        label: its first line.
        note: its second line.
        href: where it leads; empty for nowhere.
    """

    name: str
    kind: str
    label: str
    note: str = ""
    href: str = ""


def lineage_graph(
    columns: Sequence[tuple[str, Sequence[Node]]], edges: Sequence[tuple[str, str]], *, label: str
) -> Markup:
    """Draw columns of boxes, each under its title, and a line for every edge whose ends are there."""
    shown = [(title, nodes) for title, nodes in columns if nodes]
    tallest = max((len(nodes) for _, nodes in shown), default=0)
    height = _MARGIN * 2 + 20 + tallest * (_BOX_HEIGHT + _GAP_Y)
    width = _MARGIN * 2 + len(shown) * _BOX_WIDTH + max(0, len(shown) - 1) * _GAP_X
    places: dict[str, tuple[float, float]] = {}
    parts: list[Markup] = []
    for place, (title, nodes) in enumerate(shown):
        x = _MARGIN + place * (_BOX_WIDTH + _GAP_X)
        parts.append(Markup('<text class="title" x="{}" y="{}">{}</text>').format(x, _MARGIN + 10, title))
        for row, node in enumerate(nodes):
            y = _MARGIN + 20 + row * (_BOX_HEIGHT + _GAP_Y)
            places[node.name] = (x, y)
            parts.append(_box(node, x, y))
    lines = [_line(places, each) for each in edges if each[0] in places and each[1] in places]
    return Markup(
        '<svg class="graph" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="group" aria-label="{2}">{3}{4}</svg>'
    ).format(width, height, label, Markup("").join(lines), Markup("").join(parts))


def _box(node: Node, x: float, y: float) -> Markup:
    drawn = Markup(
        '<g class="node {}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text x="{}" y="{}">{}</text><text class="note" x="{}" y="{}">{}</text></g>'
    ).format(
        *(node.kind, f"{node.label} {node.note}".strip(), x, y, _BOX_WIDTH, _BOX_HEIGHT),
        *(x + 10, y + 19, _cut(node.label), x + 10, y + 36, _cut(node.note)),
    )
    return Markup('<a href="{}">{}</a>').format(node.href, drawn) if node.href else drawn


def _line(places: Mapping[str, tuple[float, float]], edge: tuple[str, str]) -> Markup:
    """Draw a line from the right of one box to the left of another, or down to one below it in its column."""
    (x1, y1), (x2, y2) = places[edge[0]], places[edge[1]]
    if x1 == x2:
        middle = x1 + _BOX_WIDTH / 2
        return Markup('<path class="edge" d="M{},{} L{},{}"/>').format(middle, y1 + _BOX_HEIGHT, middle, y2)
    begin_x, begin_y, end_x, end_y = x1 + _BOX_WIDTH, y1 + _BOX_HEIGHT / 2, x2, y2 + _BOX_HEIGHT / 2
    bend = (begin_x + end_x) / 2 if x2 - x1 <= _BOX_WIDTH + _GAP_X else end_x - _GAP_X / 2
    return Markup('<path class="edge" d="M{},{} C{},{} {},{} {},{}"/>').format(
        begin_x, begin_y, bend, begin_y, bend, end_y, end_x, end_y
    )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
