"""What a finished run of a recipe leaves on the screen."""

import json
import sys
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from textnlp.cli.dataset_progress import money
from textnlp.cli.local_dataset import FinishedRun
from textnlp.cli.progress import ProgressStyle
from textnlp.domain.datasets.layout import CARD, REPORT, lines_path

_ROWS_SHOWN = 3
_LONGEST_VALUE = 300
_MOST_REASONS = 5


def print_finished(finished: FinishedRun, style: ProgressStyle) -> None:
    """Print some rows, the balance with the reasons ranked, what it cost, and where the files are."""
    if style is ProgressStyle.QUIET:
        return
    if style is ProgressStyle.JSON:
        sys.stdout.write(json.dumps(_summary(finished)) + "\n")
        return
    console = Console()
    version, counts = finished.version, finished.version.counts
    for row in _first_rows(finished.folder, next(iter(version.splits), "train")):
        console.print(_panel(row))
    console.print(
        Text(
            f"{counts.rows:,} rows = {counts.accepted:,} accepted + {counts.rejected:,} rejected + "
            f"{counts.failed:,} failed + {counts.surplus:,} surplus, of {counts.candidates:,} candidates",
            style="bold",
        )
    )
    _print_reasons(console, finished)
    _print_models(console, finished)
    if version.stopped_by is not None:
        console.print(Text(f"Stopped early by {version.stopped_by}", style="red"))
    told = "is there already, unchanged" if finished.was_there else "is written and signed"
    console.print(Text(f"{version.name} version {version.version} {told}: {finished.folder}"), soft_wrap=True)
    console.print(Text(f"  {finished.folder / CARD}\n  {finished.folder / REPORT}", style="dim"), soft_wrap=True)


def _summary(finished: FinishedRun) -> dict[str, object]:
    version, counts = finished.version, finished.version.counts
    return {
        "name": version.name,
        "version": version.version,
        "folder": str(finished.folder),
        "target": version.target,
        "candidates": counts.candidates,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "failed": counts.failed,
        "surplus": counts.surplus,
        "stopped_by": version.stopped_by,
        "was_there": finished.was_there,
        "reasons": [{"code": each.code, "count": each.count, "example": each.example} for each in version.reasons],
        "models": [
            {
                "model": use.model,
                "calls": use.calls,
                "reused": use.reused,
                "prompt_tokens": use.usage.prompt_tokens,
                "completion_tokens": use.usage.completion_tokens,
                "cost": use.cost,
            }
            for use in version.models
        ],
    }


def _print_reasons(console: Console, finished: FinishedRun) -> None:
    reasons = finished.version.reasons
    if not reasons:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("turned away for")
    table.add_column("rows", justify="right")
    table.add_column("for example", overflow="fold")
    for reason in reasons[:_MOST_REASONS]:
        table.add_row(Text(reason.code), f"{reason.count:,}", Text(reason.example[:_LONGEST_VALUE]))
    console.print(table)


def _print_models(console: Console, finished: FinishedRun) -> None:
    for use in finished.version.models:
        told = f"{use.model}: {use.calls:,} answers, {use.reused:,} of them from before, "
        told += f"{use.usage.total_tokens:,} tokens, {money(use.cost)}"
        console.print(Text(told, style="dim"))


def _first_rows(folder: Path, split: str) -> list[dict[str, object]]:
    try:
        with (folder / lines_path(split)).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in islice(lines, _ROWS_SHOWN)]
    except (OSError, ValueError):
        return []


def _panel(row: dict[str, object]) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in row.items():
        if name != "id":
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            table.add_row(name, Text(text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"))
    return Panel(table, title=f"row {row.get('id')}", title_align="left", border_style="dim")
