"""What validation came to, on the screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from textnlp.domain.validation.summary import ValidationSummary

_MOST_SHOWN = 20
_WIDEST_CHECK = 32


def print_summary(summary: ValidationSummary, files: Sequence[str], folder: Path) -> None:
    """Print the balance, why rows were rejected with an example each, and where everything is."""
    console = Console(highlight=False)
    console.print(
        f"[bold]{summary.rows:,} rows[/] = [green]{summary.accepted:,} accepted[/] + "
        f"[{'red' if summary.rejected else 'dim'}]{summary.rejected:,} rejected[/] + "
        f"[{'red' if summary.failed else 'dim'}]{summary.failed:,} failed[/] ({summary.pass_rate:.1%} good)"
    )
    if summary.reasons:
        table = Table(box=None, header_style="dim", pad_edge=False, expand=True)
        shown = summary.reasons.most_common(_MOST_SHOWN)
        widest = min(_WIDEST_CHECK, max(len(code) for code, _ in shown))
        table.add_column("rejected by", no_wrap=True, min_width=widest)
        table.add_column("rows", justify="right", no_wrap=True, min_width=4)
        table.add_column("for example", overflow="ellipsis", no_wrap=True, ratio=1)
        for code, count in shown:
            row, message = summary.examples[code][0]
            table.add_row(Text(code), f"{count:,}", Text(f"row {row}: {message}"))
        console.print(table)
    for code, count in summary.flags.most_common(_MOST_SHOWN):
        console.print(Text(f"{count:,} rows flagged by {code}", style="yellow"))
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
        told = f"{summary.rows:,} rows, {summary.accepted:,} accepted, {summary.rejected:,} rejected"
        self._progress.update(self._task, told=told)
