"""What validation came to, on the screen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from textnlp.domain.validation.summary import ValidationSummary

_MOST_SHOWN = 20
_WIDEST_CHECK = 32


def print_summary(report: Mapping[str, Any], files: Sequence[str], folder: Path) -> None:
    """Print the balance of a report, why rows were rejected with an example each, and where everything is."""
    console = Console(highlight=False)
    rows, rejected, failed = report["rows"], report["rejected"], report["failed"]
    console.print(
        f"[bold]{rows:,} rows[/] = [green]{report['accepted']:,} accepted[/] + "
        f"[{'red' if rejected else 'dim'}]{rejected:,} rejected[/] + "
        f"[{'red' if failed else 'dim'}]{failed:,} failed[/] ({report['pass_rate']:.1%} good)"
    )
    if reasons := report["reasons"][:_MOST_SHOWN]:
        table = Table(box=None, header_style="dim", pad_edge=False, expand=True)
        widest = min(_WIDEST_CHECK, max(len(reason["check"]) for reason in reasons))
        table.add_column("rejected by", no_wrap=True, min_width=widest)
        table.add_column("rows", justify="right", no_wrap=True, min_width=4)
        table.add_column("for example", overflow="ellipsis", no_wrap=True, ratio=1)
        for reason in reasons:
            example = reason["examples"][0]
            shown = Text(f"row {example['row']}: {example['message']}")
            table.add_row(Text(reason["check"]), f"{reason['rows']:,}", shown)
        console.print(table)
    for flag in report["flags"][:_MOST_SHOWN]:
        console.print(Text(f"{flag['rows']:,} rows flagged by {flag['check']}", style="yellow"))
    for name in files:
        console.print(Text(f"  {folder / name}", style="dim"))


class ValidationProgress:
    """Shows on standard error how far it is, where somebody looks; a line every two seconds elsewhere is no use."""

    def __init__(self, *, is_shown: bool) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.fields[told]}"),
            BarColumn(pulse_style="cyan"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not (is_shown and console.is_terminal),
        )
        self._task = self._progress.add_task("", total=None, told="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, summary: ValidationSummary) -> None:
        """Show the balance so far."""
        self.say(f"{summary.rows:,} rows, {summary.accepted:,} accepted, {summary.rejected:,} rejected")

    def say(self, told: str) -> None:
        """Show what is going on, in a few words."""
        self._progress.update(self._task, told=told)
