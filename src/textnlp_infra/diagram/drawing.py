"""The picture: a band for what is everywhere, and a panel a region with its subnets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape

from textnlp_infra.diagram.edge import BOTH_WAYS, CALLS, EVERYWHERE, Edge
from textnlp_infra.diagram.placement import Part, PlacedEstate, RegionParts

_BOX_WIDTH, _BOX_HEIGHT, _GAP = 184, 38, 12
_LANE = 26
"""Left of the boxes, where edges run that do not leave their region."""

_COLUMNS = 4
_FRAME_TITLE, _PANEL_TITLE = 22, 30
_FRAME_WIDTH = _LANE + _COLUMNS * (_BOX_WIDTH + _GAP)
_PANEL_WIDTH = _FRAME_WIDTH + 2 * _GAP
_MIDDLE = 90
_BAND_HEIGHT = 78
_MARGIN = 20
_FIRST = ("application-gateway", "gateway-private-link", "api-management", "aks-system", "aks-user", "aks-api-server")
_LINKED = "private-endpoints"
_LONGEST = 32
_STYLE = """
text { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2937 }
.title { font-size: 17px; font-weight: 600 } .frame-title { font-size: 12px; font-weight: 600; fill: #475569 }
.label { font-size: 12px; font-weight: 600 } .name { font-size: 9.5px; fill: #64748b }
.says { font-size: 11px; fill: #b45309 }
.panel { fill: #f8fafc; stroke: #94a3b8; stroke-width: 1.5 } .frame { fill: #eef2ff; stroke: #a5b4fc }
.linked { fill: #ecfdf5; stroke: #6ee7b7 } .outside { fill: #f1f5f9; stroke: #cbd5e1 }
.box { fill: #ffffff; stroke: #64748b } .away { fill: #ffffff; stroke: #94a3b8; stroke-dasharray: 4 3 }
.edge { fill: none; stroke: #b45309; stroke-width: 1.6 }
"""


@dataclass(frozen=True, slots=True)
class _Spot:
    """The upper left corner of a box."""

    left: int
    top: int


class _Sheet:
    """What was drawn so far, and where each part is, by its region and id."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spots: dict[tuple[str, str], _Spot] = {}

    def rectangle(self, kind: str, spot: _Spot, width: int, height: int) -> None:
        self.lines.append(
            f'<rect class="{kind}" x="{spot.left}" y="{spot.top}" width="{width}" height="{height}" rx="6"/>'
        )

    def text(self, kind: str, left: int, top: int, text: str) -> None:
        self.lines.append(f'<text class="{kind}" x="{left}" y="{top}">{escape(text)}</text>')

    def part(self, region: str, part: Part, spot: _Spot) -> None:
        self.spots[region, part.id] = spot
        self.rectangle("box" if part.home in {region, ""} else "away", spot, _BOX_WIDTH, _BOX_HEIGHT)
        self.text("label", spot.left + 8, spot.top + 16, part.label)
        self.text("name", spot.left + 8, spot.top + 30, _short(part.name))

    def frame(self, kind: str, title: str, region: str, parts: Sequence[Part], spot: _Spot) -> int:
        """Draw a frame with its parts in rows, and return where the next one begins."""
        rows = -(-len(parts) // _COLUMNS)
        height = _FRAME_TITLE + rows * (_BOX_HEIGHT + _GAP) + (_GAP // 2 if rows else 4)
        self.rectangle(kind, spot, _FRAME_WIDTH, height)
        self.text("frame-title", spot.left + _LANE, spot.top + 16, title)
        for number, part in enumerate(parts):
            row, column = divmod(number, _COLUMNS)
            left = spot.left + _LANE + column * (_BOX_WIDTH + _GAP)
            self.part(region, part, _Spot(left, spot.top + _FRAME_TITLE + 4 + row * (_BOX_HEIGHT + _GAP)))
        return spot.top + height + _GAP


def draw(placed: PlacedEstate, title: str) -> str:
    """Return the picture as SVG; the same estate always gives the same text."""
    sheet = _Sheet()
    width = 2 * _MARGIN + len(placed.regions) * _PANEL_WIDTH + (len(placed.regions) - 1) * _MIDDLE
    sheet.text("title", _MARGIN, _MARGIN + 14, title)
    top = _MARGIN + 30
    sheet.rectangle("outside", _Spot(_MARGIN, top), width - 2 * _MARGIN, _BAND_HEIGHT)
    sheet.text("frame-title", _MARGIN + _GAP, top + 16, "everywhere")
    for number, part in enumerate(sorted(placed.everywhere, key=lambda each: each.label)):
        left = width // 2 - _BOX_WIDTH // 2 + number * (_BOX_WIDTH + _GAP)
        sheet.part(EVERYWHERE, part, _Spot(left, top + 24))
    bottoms = [
        _panel(sheet, name, region, _Spot(_MARGIN + number * (_PANEL_WIDTH + _MIDDLE), top + _BAND_HEIGHT + 50))
        for number, (name, region) in enumerate(placed.regions.items())
    ]
    sheet.lines += [line for edge in placed.edges for line in _edge(sheet, edge)]
    height = max(bottoms) + _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title)}">'
    )
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#b45309"/></marker></defs>'
    )
    background = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", arrow, background, *sheet.lines, "</svg>", ""])


def _panel(sheet: _Sheet, name: str, region: RegionParts, spot: _Spot) -> int:
    """Draw a region and return where it ends; the panel itself goes below what is in it."""
    place = len(sheet.lines)
    top = spot.top + _PANEL_TITLE + 4
    for subnet in _ordered(region):
        parts = region.linked if subnet == _LINKED else region.inside[subnet]
        kind = "linked" if subnet == _LINKED else "frame"
        title = f"{subnet} {region.subnets[subnet]}"
        top = sheet.frame(kind, title, name, parts, _Spot(spot.left + _GAP, top))
    free = [subnet for subnet in region.subnets if subnet != _LINKED and not region.inside.get(subnet)]
    for some in _batched(free, 4):
        top = sheet.frame("outside", f"nothing in: {', '.join(some)}", name, (), _Spot(spot.left + _GAP, top))
    if region.outside:
        top = sheet.frame("outside", "outside the network", name, region.outside, _Spot(spot.left + _GAP, top))
    panel = _Sheet()
    panel.rectangle("panel", spot, _PANEL_WIDTH, top - spot.top)
    panel.text("title", spot.left + _GAP + _LANE, spot.top + 22, f"{name}, network {region.cidr}")
    sheet.lines[place:place] = panel.lines
    return top


def _ordered(region: RegionParts) -> list[str]:
    """Return the subnets that hold something, in the order in which a call passes them."""
    held = [subnet for subnet in region.subnets if region.inside.get(subnet) and subnet != _LINKED]
    first = [subnet for subnet in _FIRST if subnet in held]
    return [*first, *([_LINKED] if region.linked else []), *(subnet for subnet in held if subnet not in _FIRST)]


def _edge(sheet: _Sheet, edge: Edge) -> Iterator[str]:
    start, end = sheet.spots.get(edge.start), sheet.spots.get(edge.end)
    if start is None or end is None:
        return
    is_between = edge.start[0] != edge.end[0] and edge.start[0] != EVERYWHERE
    path, says_at = _between(start, end, edge) if is_between else _inwards(start, end, edge)
    both = ' marker-start="url(#arrow)"' if edge.says == BOTH_WAYS else ""
    yield f'<path class="edge" d="{path}" marker-end="url(#arrow)"{both}/>'
    if edge.says != CALLS:
        yield f'<text class="says" x="{says_at.left}" y="{says_at.top}">{escape(edge.says)}</text>'


def _inwards(start: _Spot, end: _Spot, edge: Edge) -> tuple[str, _Spot]:
    """Run down the lane left of the boxes."""
    lane, middle = end.left - _LANE // 2, end.top + _BOX_HEIGHT // 2
    if edge.start[0] == EVERYWHERE:
        turn = start.top + _BOX_HEIGHT + 40
        path = f"M{start.left + _BOX_WIDTH // 2} {start.top + _BOX_HEIGHT}V{turn}H{lane}V{middle}H{end.left}"
        return path, _Spot(lane + 6, turn - 5)
    return f"M{start.left} {start.top + _BOX_HEIGHT * 3 // 4}H{lane}V{middle}H{end.left}", end


def _between(start: _Spot, end: _Spot, edge: Edge) -> tuple[str, _Spot]:
    """Run below the rows of both ends, so that no box is crossed; each kind has a line of its own there."""
    below = _BOX_HEIGHT + (_GAP * 3 // 4 if edge.says == BOTH_WAYS else _GAP // 4 + 1)
    left = min(start.left, end.left)
    turn = left - left % _PANEL_WIDTH + _PANEL_WIDTH + _MARGIN + _MIDDLE // (4 if edge.says == BOTH_WAYS else 2)
    from_x, to_x = start.left + _BOX_WIDTH // 2, end.left + _BOX_WIDTH // 2
    path = (
        f"M{from_x} {start.top + _BOX_HEIGHT}V{start.top + below}H{turn}V{end.top + below}"
        f"H{to_x}V{end.top + _BOX_HEIGHT}"
    )
    return path, _Spot(turn + 4, start.top + below + (_GAP if edge.says == BOTH_WAYS else -4))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _batched(words: Iterable[str], count: int) -> Iterator[list[str]]:
    rest = iter(words)
    while some := list(islice(rest, count)):
        yield some
