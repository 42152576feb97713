"""Estimates on the screen."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.domain.recipes.estimate.band import EstimateBand
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.estimate.notes import remarks

_MANY = 10_000
_UNITS = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))
_CENT = 0.01
_SMALLEST = 0.0001
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def print_estimate(estimate: RecipeEstimate) -> None:
    """Print what each column may take, the totals by model and in all, and what was assumed."""
    console = Console()
    console.print(
        Text.assemble(
            (f"{estimate.rows:,} accepted rows", "bold"),
            f" from {_span(estimate.candidates, _count)} candidates, ",
            f"of whose rows {_span(estimate.pass_rate, _percent)} are accepted",
        )
    )
    table = Table("column", "model", box=None, header_style="dim", pad_edge=False)
    for title in ("calls", "prompt tokens", "completion tokens", "cost"):
        table.add_column(title, justify="right", overflow="fold")
    for column in estimate.columns:
        counts = (column.calls, column.prompt_tokens, column.completion_tokens)
        model = Text.assemble(column.model, (" (batch)" if column.is_batch else "", "dim"))
        table.add_row(Text(column.key), model, *(_span(each, _count) for each in counts), _cost(column.cost))
    models = estimate.models
    if len(models) > 1:
        table.add_section()
        for model in models:
            counts = (model.calls, model.prompt_tokens, model.completion_tokens)
            table.add_row("", Text(model.model), *(_span(each, _count) for each in counts), _cost(model.cost))
    table.add_section()
    counts = (estimate.calls, estimate.prompt_tokens, estimate.completion_tokens)
    cost = _span(estimate.known_cost, _dollars) + (" and what is unknown" if estimate.unpriced else "")
    table.add_row("in all", "", *(_span(each, _count) for each in counts), cost, style="bold")
    console.print(table)
    console.print(f"Time with {estimate.concurrency:,} calls at once: {_span(estimate.seconds, _duration)}.")
    for note in remarks(estimate):
        console.print(Text(f"· {note}", style="dim"), soft_wrap=True)


def _span(band: EstimateBand, shown: Callable[[float], str]) -> str:
    """Write the likely number, and from where to where it may be where that is to be seen."""
    low, expected, high = (shown(number) for number in (band.low, band.expected, band.high))
    return expected if low == high else f"{expected} ({low}–{high})"  # noqa: RUF001  a span


def _cost(band: EstimateBand | None) -> str:
    return "unknown" if band is None else _span(band, _dollars)


def _count(number: float) -> str:
    """Write a count with three digits that matter, from ten thousand on with a unit."""
    if round(number) < _MANY:
        return f"{round(number):,}"
    rounded = float(f"{number:.3g}")
    size, unit = next((size, unit) for size, unit in _UNITS if rounded >= size)
    return f"{rounded / size:,.0f}{unit}" if rounded >= 1_000 * size else f"{rounded / size:.3g}{unit}"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _dollars(amount: float) -> str:
    if amount and amount < _CENT:
        return f"${max(amount, _SMALLEST):.4f}"
    return f"${amount:,.2f}"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.1f} d"
