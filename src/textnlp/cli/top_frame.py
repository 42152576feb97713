"""One frame of `textnlp top`."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from textnlp.cli.progress import duration
from textnlp.client.telemetry import (
    DeploymentFiguresRead,
    FiguresRead,
    LatencyRead,
    QueueFiguresRead,
    RouteFiguresRead,
    RunningBatchRead,
)

_BARS = " ▁▂▃▄▅▆▇█"
_FRAMES_KEPT = 120
_TILE_WIDTH = 15
_TILES = 7
_TWO_COLUMNS, _MODEL_COLUMNS, _ALL_COLUMNS = 116, 78, 58
_NAME_WIDTH = 12
_FEWEST_ROWS, _MOST_ROWS = 2, 12
_HEAD_LINES, _TABLE_LINES = 8, 4
_LATE_SECONDS, _VERY_LATE_SECONDS = 60, 600
_THOUSAND, _MILLION = 1_000, 1_000_000
_BREAKERS = {"closed": "green", "half_open": "yellow", "open": "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TopScreen:
    """Where a frame is shown, and what is wrong with asking; `height` 0 is without end."""

    server: str
    width: int
    height: int = 0
    failure: str = ""
    is_live: bool = False


class TopHistory:
    """What was seen so far, for the small curves."""

    def __init__(self) -> None:
        self.rows: deque[float] = deque(maxlen=_FRAMES_KEPT)
        self.calls: deque[float] = deque(maxlen=_FRAMES_KEPT)
        self.requests: deque[float] = deque(maxlen=_FRAMES_KEPT)
        self.tokens: deque[float] = deque(maxlen=_FRAMES_KEPT)

    def add(self, figures: FiguresRead) -> None:
        """Note a frame."""
        self.rows.append(figures.rows_per_second)
        self.calls.append(figures.calls_per_second)
        self.requests.append(figures.requests_per_second)
        self.tokens.append(sum(model.input_per_minute + model.output_per_minute for model in figures.models))


def drawn(figures: FiguresRead | None, history: TopHistory, screen: TopScreen) -> RenderableType:
    """Draw a frame: the whole above, then batches, models, routes and queues, side by side where there is room."""
    head = _head(figures, screen)
    if figures is None:
        return Group(head, Text(screen.failure or "The first figures are on their way.", style="yellow"))
    parts = [head, _tiles(figures, history, width=screen.width)]
    if screen.failure:
        parts.append(Text(f"{screen.failure} These are the last figures.", style="yellow"))
    if not figures.processes:
        said = "No process tells what it is at: TEXTNLP_KEEP_TELEMETRY is off, or a collector gets it."
        parts.append(Text(said, style="yellow"))
    is_wide = screen.width >= _TWO_COLUMNS
    rows = _rows_a_table(screen.height, tables=2 if is_wide else 4)
    width = screen.width // 2 if is_wide else screen.width
    tables = [
        _panel("Batches", _batches(figures.batches[:rows], width=width), shown=rows, of=len(figures.batches)),
        _panel("Models", _models(figures, rows, width=width), shown=rows, of=len(figures.deployments)),
        _panel("Routes", _routes(figures.routes[:rows], width=width), shown=rows, of=len(figures.routes)),
        _panel("Queues", _queues(_by_need(figures.queues)[:rows], width=width), shown=rows, of=len(figures.queues)),
    ]
    if not is_wide:
        return Group(*parts, *tables)
    halves = Table.grid(expand=True)
    halves.add_column(ratio=1)
    halves.add_column(ratio=1)
    halves.add_row(Group(*tables[:2]), Group(*tables[2:]))
    return Group(*parts, halves)


def _rows_a_table(height: int, *, tables: int) -> int:
    if not height:
        return _MOST_ROWS
    return max(_FEWEST_ROWS, min(_MOST_ROWS, (height - _HEAD_LINES) // tables - _TABLE_LINES))


def _head(figures: FiguresRead | None, screen: TopScreen) -> RenderableType:
    title = Text()
    title.append(" textnlp top ", style="bold black on cyan")
    title.append(f"  {screen.server}", style="cyan")
    if figures is not None:
        count = len(figures.processes)
        title.append(f"   {figures.at:%H:%M:%S} UTC", style="dim")
        title.append(f"   {count} {'process' if count == 1 else 'processes'}", style="dim")
        title.append(f"   last {figures.seconds:.0f} s", style="dim")
    if screen.is_live:
        title.append("   q quits", style="dim")
    title.truncate(screen.width, overflow="ellipsis")
    return title


def _tiles(figures: FiguresRead, history: TopHistory, *, width: int) -> RenderableType:
    tokens = sum(model.input_per_minute + model.output_per_minute for model in figures.models)
    throttled = sum(each.throttled for each in figures.deployments)
    waiting = sum(each.waiting for each in figures.deployments)
    is_balanced = figures.ledger_imbalance == 0
    tiles = [
        _tile("rows/s", _number(figures.rows_per_second), history.rows),
        _tile("calls/s", _number(figures.calls_per_second), history.calls),
        _tile("requests/s", _number(figures.requests_per_second), history.requests),
        _tile("tokens/min", _number(tokens), history.tokens),
        _tile("errors", _share(figures.error_rate), said=_answers(figures), is_bad=bool(figures.error_rate)),
        _tile("429 and waits", f"{throttled:,} · {waiting:,}", said=_refused(figures), is_bad=throttled > 0),
        _tile(
            "ledger",
            "balances" if is_balanced else f"off by {figures.ledger_imbalance:,}",
            said=f"{figures.usage_pending:,} to settle",
            is_bad=not is_balanced,
        ),
    ]
    a_row = max(1, min(_TILES, width // _TILE_WIDTH))
    grid = Table.grid(expand=True, padding=(0, 1))
    for _ in range(a_row):
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for first in range(0, _TILES, a_row):
        grid.add_row(*tiles[first : first + a_row])
    return Group(Rule(style="dim"), grid)


def _tile(
    label: str, value: str, curve: Sequence[float] = (), *, said: str = "", is_bad: bool = False
) -> RenderableType:
    below = Text(said, style="dim") if said or not curve else Text(_curve(curve), style="cyan")
    return Group(Text(label, style="dim"), Text(value, style="bold red" if is_bad else "bold"), below)


def _curve(values: Sequence[float]) -> str:
    """Return the last values as bars, the greatest of them the highest."""
    last = list(values)[-(_TILE_WIDTH - 2) :]
    top = max(last)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-round(value / top * steps * 100) // 100)] if top else _BARS[0] for value in last)


def _answers(figures: FiguresRead) -> str:
    """Return how often each status but 200 was the answer, the most frequent first."""
    others = sorted(((count, status) for status, count in figures.results.items() if status != "200"), reverse=True)
    return " ".join(f"{status or 'left'}:{count:,}" for count, status in others) or "of requests"


def _refused(figures: FiguresRead) -> str:
    total = sum(figures.refused.values())
    return f"{total:,} refused here" if total else "by providers"


def _panel(title: str, content: RenderableType, *, shown: int, of: int) -> Panel:
    more = f" [dim]{shown} of {of}[/dim]" if of > shown else ""
    return Panel(
        content,
        title=f"[bold]{title}[/bold]{more}",
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
        expand=True,
    )


def _table(*columns: str) -> Table:
    """Return a table whose first column takes what the figures leave."""
    table = Table(box=None, expand=True, header_style="dim", pad_edge=False, padding=(0, 1))
    table.add_column(columns[0], ratio=1, min_width=_NAME_WIDTH, no_wrap=True, overflow="ellipsis")
    for name in columns[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _batches(batches: Sequence[RunningBatchRead], *, width: int) -> RenderableType:
    if not batches:
        return Text("No batch is under way.", style="dim")
    table = _table("batch", "", "done", "failed", "state")
    for batch in batches:
        counts = batch.counts
        done = counts.input - counts.pending
        bar = ProgressBar(total=max(1, counts.input), completed=done, width=max(6, min(24, width // 6)))
        share = f"{done / counts.input:.0%}" if counts.input else "0%"
        rows = f"{done:,}/{counts.input:,} {share}" if width >= _ALL_COLUMNS else share
        table.add_row(Text(batch.name or batch.id), bar, rows, _count(counts.failed, "red"), batch.state.value)
    return table


def _models(figures: FiguresRead, rows: int, *, width: int) -> RenderableType:
    if not figures.deployments:
        return Text("No model was asked.", style="dim")
    is_wide = width >= _MODEL_COLUMNS
    tokens = {model.name: model for model in figures.models}
    further_names = ("429", "tok/min") if is_wide else ("429",) if width >= _ALL_COLUMNS else ()
    table = _table("model", "calls", *_percentiles(is_wide=is_wide), "busy", *further_names, "breaker")
    for each in figures.deployments[:rows]:
        told = tokens.get(each.name)
        per_minute = told.input_per_minute + told.output_per_minute if told else 0
        further: list[RenderableType] = [_count(each.throttled, "yellow"), _number(per_minute)]
        state = each.breaker.value
        table.add_row(
            Text(each.name),
            f"{each.latency.count:,}",
            *_times(each.latency, is_wide=is_wide),
            _busy(each),
            *further[: len(further_names)],
            Text(state.replace("_", " "), style=_BREAKERS.get(state, "")),
        )
    # An endpoint that knows its own models is one deployment of another name than theirs.
    served = {each.name for each in figures.deployments}
    for model in [each for each in figures.models if each.name not in served][: max(0, rows - len(served))]:
        per_minute = _number(model.input_per_minute + model.output_per_minute)
        table.add_row(Text(model.name), *("" for _ in table.columns[1:-2]), per_minute if is_wide else "", "")
    return table


def _busy(each: DeploymentFiguresRead) -> Text:
    text = Text(f"{each.in_flight}/{each.concurrency}")
    if each.waiting:
        text.append(f" +{each.waiting}", style="yellow")
    return text


def _routes(routes: Sequence[RouteFiguresRead], *, width: int) -> RenderableType:
    if not routes:
        return Text("Nobody called.", style="dim")
    is_wide = width >= _ALL_COLUMNS
    table = _table("route", "calls", *_percentiles(is_wide=is_wide), "failed")
    for route in routes:
        times = _times(route.latency, is_wide=is_wide)
        name = route.name if " " in route.name else f"{route.name} of no known address"
        table.add_row(Text(name), f"{route.latency.count:,}", *times, _count(route.failed, "red"))
    return table


def _queues(queues: Sequence[QueueFiguresRead], *, width: int) -> RenderableType:
    if not queues:
        return Text("Nobody looks at the queues.", style="dim")
    table = _table("queue", "waiting", "oldest", "dead letters" if width >= _ALL_COLUMNS else "dead")
    for queue in queues:
        age = queue.oldest_age_seconds
        style = "bold red" if age >= _VERY_LATE_SECONDS else "yellow" if age >= _LATE_SECONDS else ""
        oldest = Text(duration(age), style=style) if queue.waiting else Text("·", style="dim")
        table.add_row(Text(queue.name), _count(queue.waiting, ""), oldest, _count(queue.dead_letters, "bold red"))
    return table


def _by_need(queues: Sequence[QueueFiguresRead]) -> list[QueueFiguresRead]:
    """Return queues with dead letters first, then those where most waits."""
    return sorted(queues, key=lambda queue: (-queue.dead_letters, -queue.waiting, queue.name))


def _percentiles(*, is_wide: bool) -> tuple[str, ...]:
    return ("p50", "p95", "p99") if is_wide else ("p95",)


def _times(latency: LatencyRead, *, is_wide: bool) -> list[str]:
    return [_time(each) for each in ((latency.p50, latency.p95, latency.p99) if is_wide else (latency.p95,))]


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "·"
    if seconds < 1:
        return f"{seconds * 1_000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1_000:.1f} ms"  # noqa: PLR2004  ten of them
    return f"{seconds:.1f} s"


def _number(value: float) -> str:
    if value >= _MILLION:
        return f"{value / _MILLION:.1f}M"
    if value >= 10 * _THOUSAND:
        return f"{value / _THOUSAND:.1f}k"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004  three digits


def _count(value: int, style: str) -> Text:
    return Text(f"{value:,}", style=style) if value else Text("·", style="dim")


def _share(share: float | None) -> str:
    return "·" if share is None else f"{share:.1%}"
