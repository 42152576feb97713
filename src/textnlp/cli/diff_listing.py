"""How a dataset differs from another one, on the screen."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.domain.reports.dataset_diff import DatasetDiff, DiffSide
from textnlp.domain.reports.model import DriftFigures

_STYLES = {"none": "green", "moderate": "yellow", "large": "bold red", "unknown": "dim"}
_MOST_DRIFTS = 30
_MOST_CHARACTERS = 120
_MOST_KEY = 40


def print_diff(diff: DatasetDiff) -> None:
    """Print rows, columns and drift, and the first rows that are others."""
    console = Console()
    console.print(Text(f"{_named(diff.before)} and {_named(diff.after)}", style="bold"))
    console.print(Text(f"rows are told by {diff.by or 'their content'}", style="dim"))
    rows = Table("rows", "number", "for example", box=None, header_style="dim", pad_edge=False)
    rows.columns[1].justify = "right"
    keys: dict[str, tuple[int, list[str]]] = {
        "added": (diff.rows.added, [row.key for row in diff.added_rows]),
        "removed": (diff.rows.removed, [row.key for row in diff.removed_rows]),
        "changed": (diff.rows.changed, [row.key for row in diff.changed_rows]),
        "unchanged": (diff.rows.unchanged, []),
        "repeated before": (diff.rows.repeated_before, []),
        "repeated after": (diff.rows.repeated_after, []),
    }
    for name, (count, examples) in keys.items():
        if count or not name.startswith("repeated"):
            rows.add_row(name, f"{count:,}", Text(", ".join(_cut(key, most=_MOST_KEY) for key in examples)))
    console.print(rows)
    _print_columns(console, diff)
    _print_facts(console, diff)
    _print_drift(console, diff.drift)
    for row in diff.changed_rows:
        for change in row.changes:
            told = Text.assemble((f"{row.key} {change.column}: ", "dim"), (_cut(change.before), "red"), " → ")
            console.print(told + Text(_cut(change.after), style="green"))


def _print_columns(console: Console, diff: DatasetDiff) -> None:
    changes = {
        "columns added": diff.columns_added,
        "columns removed": diff.columns_removed,
        "columns of another type": diff.columns_retyped,
    }
    for name, columns in changes.items():
        if columns:
            console.print(Text.assemble((f"{name}: ", "dim"), ", ".join(columns)))


def _print_facts(console: Console, diff: DatasetDiff) -> None:
    before, after = diff.before.facts, diff.after.facts
    names = [name for name in before if name in after and before[name] != after[name]]
    for name in names:
        console.print(Text.assemble((f"{name}: ", "dim"), f"{before[name]} to {after[name]}"))


def _print_drift(console: Console, drift: Sequence[DriftFigures]) -> None:
    if not drift:
        return
    table = Table("column", "compared", "drift", box=None, header_style="dim", pad_edge=False)
    for title in ("PSI", "by chance", "JSD", "KS", "Wasserstein"):
        table.add_column(title, justify="right")
    for each in drift[:_MOST_DRIFTS]:
        measures = (each.psi, each.chance, each.jensen_shannon, each.kolmogorov_smirnov)
        numbers = ["" if number is None else f"{number:.3f}" for number in measures]
        numbers.append("" if each.wasserstein is None else f"{each.wasserstein:.3g}")
        level = Text(each.level, style=_STYLES.get(each.level, ""))
        table.add_row(Text(each.column), each.of, level, *numbers)
    console.print(table)
    if len(drift) > _MOST_DRIFTS:
        console.print(Text(f"and {len(drift) - _MOST_DRIFTS:,} more; --json has them all", style="dim"))


def _named(side: DiffSide) -> str:
    version = f" version {side.version}" if side.version else ""
    unreadable = f" ({side.unreadable:,} rows cannot be read)" if side.unreadable else ""
    return f"{side.name}{version}, {side.rows:,} rows{unreadable}"


def _cut(text: str | None, *, most: int = _MOST_CHARACTERS) -> str:
    if text is None:
        return "(no such column)"
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most] + "…"
