"""The progress of a dataset's run: rows against the target, and what each column takes."""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from textnlp.application.watch_run import RunWatch
from textnlp.cli.progress import ProgressStyle, duration
from textnlp.domain.admission.limits import AdmissionFigures

_PLAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSnapshot:
    """Where a run is at one moment.

    Attributes:
        passed: good rows so far; beyond the target they are surplus.
        columns: by column, answers that were used and those of them that were there from before.
        cost: US dollars so far; None where a price is not known.
    """

    target: int
    passed: int
    rejected: int
    failed: int
    candidates: int
    seconds: float
    cost: Decimal | None
    in_flight: int
    columns: Mapping[str, tuple[int, int]]

    @property
    def pass_rate(self) -> float | None:
        """Share of the rows that were good."""
        rows = self.passed + self.rejected + self.failed
        return self.passed / rows if rows else None

    @property
    def projected_cost(self) -> Decimal | None:
        """What the whole run will cost at this rate."""
        if self.cost is None or not self.passed:
            return None
        return self.cost * max(self.target, self.passed) / self.passed

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate."""
        if not self.passed or self.seconds <= 0:
            return None
        return max(0, self.target - self.passed) * self.seconds / self.passed


def take_snapshot(watch: RunWatch, *, target: int, gate: AdmissionFigures | None = None) -> RunSnapshot:
    """Return where the run that `watch` counts is."""
    columns: dict[str, tuple[int, int]] = {}
    for use in watch.columns.values():
        calls, reused = columns.get(use.column, (0, 0))
        columns[use.column] = (calls + use.calls, reused + use.reused)
    return RunSnapshot(
        target=target,
        passed=watch.passed_rows,
        rejected=watch.rejected_rows,
        failed=watch.failed_rows,
        candidates=watch.figures.candidates,
        seconds=watch.seconds,
        cost=watch.figures.cost,
        in_flight=0 if gate is None else gate.in_flight,
        columns=columns,
    )


class RunView:
    """Shows snapshots on standard error, in the style of a terminal, of a log or of a program."""

    def __init__(self, style: ProgressStyle) -> None:
        self._style = style
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._told_at = 0.0

    def show(self, snapshot: RunSnapshot, *, is_last: bool = False) -> None:
        """Show where the run is."""
        match self._style:
            case ProgressStyle.LIVE:
                if self._live is None:
                    self._live = Live(console=self._console, refresh_per_second=8, transient=False)
                    self._live.start()
                self._live.update(_picture(snapshot))
            case ProgressStyle.PLAIN | ProgressStyle.JSON:
                now = time.perf_counter()
                if is_last or now - self._told_at >= _PLAIN_SECONDS:
                    self._told_at = now
                    is_json = self._style is ProgressStyle.JSON
                    sys.stderr.write((_json_line(snapshot) if is_json else _line(snapshot)) + "\n")
                    sys.stderr.flush()
            case ProgressStyle.QUIET:
                pass

    def note(self, text: str) -> None:
        """Say something that is worth a line."""
        if self._style in {ProgressStyle.LIVE, ProgressStyle.PLAIN}:
            self._console.print(text, style="dim", highlight=False)

    def close(self) -> None:
        """Leave the last picture where it is."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def money(cost: Decimal | float | None) -> str:
    """Return an amount in dollars as people write it; `unknown` where it is not known."""
    if cost is None:
        return "unknown"
    return f"${cost:.2f}" if cost >= 1 or cost == 0 else f"${cost:.4f}"


def _line(snapshot: RunSnapshot) -> str:
    rate = snapshot.pass_rate
    parts = [
        f"{min(snapshot.passed, snapshot.target):,} of {snapshot.target:,} rows",
        f"{snapshot.candidates:,} candidates",
        *([] if rate is None else [f"{rate:.0%} pass"]),
        f"{snapshot.rejected:,} rejected",
        f"{snapshot.failed:,} failed",
        f"cost {money(snapshot.cost)}",
    ]
    left = snapshot.seconds_left
    return ", ".join(parts + ([] if left is None else [f"{duration(left)} left"]))


def _json_line(snapshot: RunSnapshot) -> str:
    projected = snapshot.projected_cost
    return json.dumps(
        {
            "target": snapshot.target,
            "passed": snapshot.passed,
            "rejected": snapshot.rejected,
            "failed": snapshot.failed,
            "candidates": snapshot.candidates,
            "pass_rate": snapshot.pass_rate,
            "seconds": round(snapshot.seconds, 3),
            "cost": None if snapshot.cost is None else float(snapshot.cost),
            "projected_cost": None if projected is None else float(projected),
            "columns": {name: {"calls": calls, "reused": reused} for name, (calls, reused) in snapshot.columns.items()},
        }
    )


def _picture(snapshot: RunSnapshot) -> Group:
    done = min(snapshot.passed, snapshot.target)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=snapshot.target, completed=done, width=40), Text(_line(snapshot)))
    columns = Table(box=None, pad_edge=False, header_style="dim")
    columns.add_column("column")
    for title in ("answers", "reused", "a second"):
        columns.add_column(title, justify="right")
    for name, (calls, reused) in snapshot.columns.items():
        pace = (calls - reused) / snapshot.seconds if snapshot.seconds > 0 else 0.0
        columns.add_row(name, f"{calls:,}", f"{reused:,}", f"{pace:.1f}")
    projected = snapshot.projected_cost
    last = f"in flight {snapshot.in_flight:,}"
    if projected is not None and snapshot.cost:
        last += f", whole run {money(projected)} at this rate"
    return Group(bar, columns, Text(last, style="dim"))
