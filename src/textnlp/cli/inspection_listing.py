"""What an inspection found, for people."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from textnlp.domain.inspection.model import Fault, Inspected

_SHOWN = 20


def inspection_table(results: Sequence[Inspected]) -> Table:
    """Return one table: a line a check, and below it what is wrong and what to do."""
    table = Table.grid(padding=(0, 2))
    for result in results:
        mark = Text("problem", style="red") if result.fault_count else Text("ok", style="green")
        told = Text(f"{result.looked_at:,} looked at")
        if result.fault_count:
            told.append(f", {result.fault_count:,} found")
        table.add_row(mark, Text(result.subject, style="bold"), told)
        for fault in result.faults[:_SHOWN]:
            table.add_row("", "", _drawn(fault))
        if result.fault_count > min(_SHOWN, len(result.faults)):
            table.add_row("", "", Text(f"… and {result.fault_count - _SHOWN:,} more; --json lists up to a hundred."))
    return table


def _drawn(fault: Fault) -> Text:
    text = Text(fault.place, style="bold").append(f": {fault.told}", style="not bold")
    return text.append(f"\n{fault.advice}", style="not bold cyan")
