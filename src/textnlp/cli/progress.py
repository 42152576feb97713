"""The progress of a batch, on a terminal, in plain lines, or as JSON."""

import json
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

_PLAIN_SECONDS = 5.0
_RATE_SECONDS = 10.0
_SECONDS_A_MINUTE = 60
_SECONDS_AN_HOUR = 3600


class ProgressStyle(StrEnum):
    """How progress is shown."""

    LIVE = "live"
    PLAIN = "plain"
    JSON = "json"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressSnapshot:
    """Where a batch is at one moment; tokens count what this process saw."""

    total: int
    accepted: int
    rejected: int
    failed: int
    tokens: int
    in_flight: int
    limit: int
    refused: int
    is_waiting_for_capacity: bool = False

    @property
    def done(self) -> int:
        """Rows with an outcome."""
        return self.accepted + self.rejected + self.failed


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows and tokens a second over the last ten seconds, and the seconds that are left at that rate."""

    rows_per_second: float
    tokens_per_second: float
    seconds_left: float | None


class PaceMeter:
    """Turns snapshots into a pace."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, int]] = deque()

    def measure(self, snapshot: ProgressSnapshot, *, now: float) -> Pace:
        """Add a snapshot taken at `now` and return the pace since the oldest of the last ten seconds."""
        seen = self._seen
        seen.append((now, snapshot.done, snapshot.tokens))
        while len(seen) > 2 and now - seen[0][0] > _RATE_SECONDS:  # noqa: PLR2004  a pace needs two points
            seen.popleft()
        began, rows, tokens = seen[0]
        seconds = max(now - began, 1e-9)
        rate = (snapshot.done - rows) / seconds
        left = snapshot.total - snapshot.done
        return Pace(rate, (snapshot.tokens - tokens) / seconds, left / rate if rate else None)


class ProgressView(Protocol):
    """Shows snapshots as they come."""

    def note(self, text: str) -> None:
        """Say something once."""
        ...

    def show(self, snapshot: ProgressSnapshot) -> None:
        """Show where the batch is."""
        ...

    def close(self) -> None:
        """Leave the last state standing."""
        ...


class QuietView:
    """Shows nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def show(self, snapshot: ProgressSnapshot) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Do nothing."""


class PlainView:
    """Writes a line at the start, every five seconds, and at the end; `as_json` makes each a JSON object."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._meter = PaceMeter()
        self._shown_at = float("-inf")
        self._last: ProgressSnapshot | None = None

    def note(self, text: str) -> None:
        """Write the text as a line."""
        self._write(json.dumps({"note": text}) if self._as_json else text)

    def show(self, snapshot: ProgressSnapshot) -> None:
        """Write a line when five seconds have passed."""
        now = time.perf_counter()
        pace = self._meter.measure(snapshot, now=now)
        self._last = snapshot
        if now - self._shown_at >= _PLAIN_SECONDS:
            self._shown_at = now
            self._line(snapshot, pace)

    def close(self) -> None:
        """Write the last line."""
        if self._last is not None:
            self._line(self._last, self._meter.measure(self._last, now=time.perf_counter()))

    def _line(self, snapshot: ProgressSnapshot, pace: Pace) -> None:
        self._write(_as_json(snapshot, pace) if self._as_json else _as_sentence(snapshot, pace))

    def _write(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class LiveView:
    """A bar and a line of figures that stay in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._meter = PaceMeter()
        self._live = Live(console=console, refresh_per_second=8, transient=False)
        self._is_live = False

    def note(self, text: str) -> None:
        """Print the text above the bar."""
        self._console.print(text, highlight=False)

    def show(self, snapshot: ProgressSnapshot) -> None:
        """Redraw the bar."""
        if not self._is_live:
            self._live.start()
            self._is_live = True
        self._live.update(_drawn(snapshot, self._meter.measure(snapshot, now=time.perf_counter())))

    def close(self) -> None:
        """Stop redrawing."""
        if self._is_live:
            self._live.stop()
            self._is_live = False


def progress_style(console: Console, *, quiet: bool, as_json: bool) -> ProgressStyle:
    """Return how progress is shown on a console."""
    if as_json:
        return ProgressStyle.JSON
    if quiet:
        return ProgressStyle.QUIET
    return ProgressStyle.LIVE if console.is_terminal else ProgressStyle.PLAIN


def open_view(style: ProgressStyle, console: Console) -> ProgressView:
    """Make the view for `style`; progress goes to the console given, never to standard output."""
    if style is ProgressStyle.QUIET:
        return QuietView()
    if style is ProgressStyle.LIVE:
        return LiveView(console)
    return PlainView(console, as_json=style is ProgressStyle.JSON)


def duration(seconds: float | None) -> str:
    """Write a duration as people do: 8 s, 3 min 20 s, 2 h 05 min."""
    if seconds is None:
        return "unknown"
    whole = round(seconds)
    if whole < _SECONDS_A_MINUTE:
        return f"{whole} s"
    if whole < _SECONDS_AN_HOUR:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _as_sentence(snapshot: ProgressSnapshot, pace: Pace) -> str:
    waits = f", waiting for capacity ({snapshot.refused} refusals)" if snapshot.is_waiting_for_capacity else ""
    return (
        f"{snapshot.done:,} of {snapshot.total:,} rows: {snapshot.accepted:,} accepted, {snapshot.failed:,} failed; "
        f"{pace.rows_per_second:.1f} rows/s, {pace.tokens_per_second:.0f} tokens/s, "
        f"{snapshot.in_flight} in flight{waits}, {duration(pace.seconds_left)} left"
    )


def _as_json(snapshot: ProgressSnapshot, pace: Pace) -> str:
    return json.dumps(
        {
            "done": snapshot.done,
            "total": snapshot.total,
            "accepted": snapshot.accepted,
            "rejected": snapshot.rejected,
            "failed": snapshot.failed,
            "rows_per_second": round(pace.rows_per_second, 2),
            "tokens_per_second": round(pace.tokens_per_second, 1),
            "seconds_left": None if pace.seconds_left is None else round(pace.seconds_left, 1),
            "in_flight": snapshot.in_flight,
            "refused": snapshot.refused,
        },
    )


def _drawn(snapshot: ProgressSnapshot, pace: Pace) -> Table:
    bar = Table.grid(padding=(0, 1))
    share = snapshot.done / snapshot.total if snapshot.total else 1.0
    bar.add_row(
        ProgressBar(total=max(1, snapshot.total), completed=snapshot.done, width=40),
        Text(f"{share:4.0%}", style="bold"),
        Text(f"{snapshot.done:,}/{snapshot.total:,} rows"),
        Text(f"{duration(pace.seconds_left)} left" if pace.seconds_left is not None else "", style="cyan"),
    )
    figures = Text()
    figures.append(f"{snapshot.accepted:,} accepted", style="green")
    figures.append("  ")
    figures.append(f"{snapshot.failed:,} failed", style="red" if snapshot.failed else "dim")
    figures.append(f"  {pace.rows_per_second:,.1f} rows/s  {pace.tokens_per_second:,.0f} tokens/s", style="default")
    figures.append(f"  {snapshot.in_flight}/{snapshot.limit} in flight", style="dim")
    if snapshot.refused:
        style = "yellow" if snapshot.is_waiting_for_capacity else "dim"
        figures.append(f"  {snapshot.refused:,} refused (429)", style=style)
    whole = Table.grid()
    whole.add_row(bar)
    whole.add_row(figures)
    return whole
