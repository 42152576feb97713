"""Pictures of the platform after the C4 model of Simon Brown: who uses it, and which processes it consists of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from textwrap import wrap
from xml.sax.saxutils import escape

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.processes import Process

_WIDTH, _GAP, _MARGIN, _LINE = 250, 26, 24, 15
_LETTERS = 34
_COLUMN = 380
_STYLE = """
text { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: #1f2937 }
.title { font-size: 17px; font-weight: 600 } .label { font-weight: 600 } .kind { font-size: 10.5px; fill: #64748b }
.person { fill: #fef3c7; stroke: #d97706 } .process { fill: #eef2ff; stroke: #6366f1 }
.queue { fill: #ecfdf5; stroke: #059669 } .store { fill: #f1f5f9; stroke: #64748b }
.edge { fill: none; stroke: #64748b; stroke-width: 1.3; marker-end: url(#arrow) }
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A thing of the picture: what it is called, of which kind it is, and what it does."""

    name: str
    kind: str
    does: str


@dataclass(slots=True)
class _Sheet:
    lines: list[str] = field(default_factory=list[str])
    places: dict[str, tuple[int, int, int]] = field(default_factory=dict[str, tuple[int, int, int]])

    def column(self, number: int, boxes: Iterable[Box], style: str) -> int:
        """Draw boxes below each other; return where the last one ends."""
        left, top = _MARGIN + number * _COLUMN, _MARGIN + 40
        for box in boxes:
            top += self._box(box, style, left, top) + _GAP
        return top - _GAP

    def _box(self, box: Box, style: str, left: int, top: int) -> int:
        told = wrap(box.does, _LETTERS)
        height = 44 + _LINE * len(told)
        self.places[box.name] = (left, top, height)
        self.lines.append(f'<rect class="{style}" x="{left}" y="{top}" width="{_WIDTH}" height="{height}" rx="7"/>')
        self.lines.append(f'<text class="label" x="{left + 10}" y="{top + 19}">{escape(box.name)}</text>')
        self.lines.append(f'<text class="kind" x="{left + 10}" y="{top + 33}">{escape(box.kind)}</text>')
        for number, line in enumerate(told):
            place = f'x="{left + 10}" y="{top + 51 + _LINE * number}"'
            self.lines.append(f"<text {place}>{escape(line)}</text>")
        return height

    def edge(self, start: str, end: str) -> None:
        """Draw an arrow between the facing sides of two boxes of different columns."""
        (left, top, height), (other, other_top, other_height) = self.places[start], self.places[end]
        begin, finish = (left + _WIDTH, other) if left < other else (left, other + _WIDTH)
        first, last, middle = top + height // 2, other_top + other_height // 2, (begin + finish) // 2
        self.lines.append(f'<path class="edge" d="M{begin} {first}C{middle} {first} {middle} {last} {finish} {last}"/>')

    def picture(self, title: str, columns: int, bottom: int) -> str:
        """Return the picture as SVG; the same things always give the same text."""
        width, height = 2 * _MARGIN + (columns - 1) * _COLUMN + _WIDTH, bottom + _MARGIN
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        )
        arrow = (
            '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L10 5L0 10z" fill="#64748b"/></marker></defs>'
        )
        ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        named = f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 14}">{escape(title)}</text>'
        return "\n".join([head, f"<style>{_STYLE}</style>", arrow, ground, named, *self.lines, "</svg>", ""])


_PEOPLE = (
    Box("People who make data", "person", "try prompts, write recipes, run batches, read reports"),
    Box("Reviewers", "person", "answer questions about rows, by keyboard"),
    Box("Programs", "system", "call the API with the stock OpenAI clients, or with the platform's own"),
    Box("Operators", "person", "watch, set budgets, deploy, restore"),
)
_PLATFORM = (Box("TextNLP", "the platform", "writes, checks and delivers synthetic text, and accounts for every row"),)
_OUTSIDE = (
    Box("Models", "system", "the embedded one, Azure OpenAI, vLLM, or any endpoint that speaks OpenAI's protocol"),
    Box("Issuer of identities", "system", "Microsoft Entra ID or another; the platform itself on one machine"),
    Box("Receivers of events", "system", "are told by webhooks when a batch or a generation has ended"),
    Box("Those who watch", "system", "Azure Monitor, Prometheus, any collector of OpenTelemetry"),
)


def context_picture() -> str:
    """Return the picture of who uses the platform, and what it uses."""
    sheet = _Sheet()
    bottom = max(
        sheet.column(0, _PEOPLE, "person"), sheet.column(1, _PLATFORM, "process"), sheet.column(2, _OUTSIDE, "store")
    )
    for box in _PEOPLE:
        sheet.edge(box.name, _PLATFORM[0].name)
    for box in _OUTSIDE:
        sheet.edge(_PLATFORM[0].name, box.name)
    return sheet.picture("Who uses the platform, and what it uses", 3, bottom)


def containers_picture() -> str:
    """Return the picture of the processes, and of the queues and subscriptions between them, as they are declared."""
    parts = {each.name: [part for part in TOPOLOGY.processes if part.part_of == each.name] for each in _standing()}
    workers = [each for each in _standing() if each.receives]
    others = [each for each in _standing() if not each.receives]
    waiting = [Box(queue.name, "queue", "") for queue in TOPOLOGY.queues]
    waiting += [
        Box(f"{topic.name}/{part.name}", "subscription", part.filter_sql or "")
        for topic in TOPOLOGY.topics
        for part in topic.subscriptions
    ]
    sheet = _Sheet()
    bottom = max(
        sheet.column(0, _boxes(others, parts), "process"),
        sheet.column(1, waiting, "queue"),
        sheet.column(2, _boxes(workers, parts), "process"),
    )
    for process in _standing():
        for queue in process.sends:
            sheet.edge(process.name, queue)
        for queue in process.receives:
            sheet.edge(queue, process.name)
    return sheet.picture("The processes, and what waits between them", 3, bottom)


def _standing() -> Sequence[Process]:
    return [process for process in TOPOLOGY.processes if process.part_of is None]


def _boxes(processes: Iterable[Process], parts: dict[str, list[Process]]) -> list[Box]:
    return [
        Box(each.name, each.host, "; ".join(chain([each.does], (part.does for part in parts[each.name]))))
        for each in processes
    ]
