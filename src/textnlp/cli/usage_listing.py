"""Usage and budgets on the screen."""

import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.client.budgets import BudgetRead
from textnlp.client.usage import Grouping, UsageGroupRead, UsageReport
from textnlp.domain.usage.unusual_cost import UnusualDay, unusual_day

_LATEST_DAYS = 2
_CENT = Decimal("0.01")
_SMALLEST = Decimal("0.000001")


def print_usage(usage: UsageReport, budgets: Sequence[BudgetRead], *, by: str) -> None:
    """Print a table of usage with its total, and below it how the budgets stand."""
    console = Console()
    table = Table(box=None, header_style="dim", pad_edge=False, show_footer=len(usage.groups) > 1)
    calls, prompt, completion, cost = _totals(usage.groups)
    table.add_column(by, "total", no_wrap=True)
    for title, total in (("calls", calls), ("failed", sum(group.failed for group in usage.groups))):
        table.add_column(title, f"{total:,}", justify="right", no_wrap=True)
    table.add_column("prompt", f"{prompt:,}", justify="right", no_wrap=True)
    table.add_column("completion", f"{completion:,}", justify="right", no_wrap=True)
    table.add_column("cost", _dollars(cost), justify="right", no_wrap=True)
    for group in usage.groups:
        tokens = group.usage
        counts = (group.calls, group.failed, tokens.prompt_tokens, tokens.completion_tokens)
        table.add_row(Text(group.key or "no batch"), *(f"{count:,}" for count in counts), _dollars(group.cost))
    if usage.groups:
        console.print(table)
    else:
        console.print(f"Nothing was used from {usage.since:%Y-%m-%d} to just before {usage.until:%Y-%m-%d}.")
    unpriced = sum(group.unpriced for group in usage.groups)
    if unpriced:
        console.print(f"The price of {unpriced:,} calls is not known; they are missing from the cost.", style="yellow")
    unusual = _unusual(usage) if by == Grouping.DAY else None
    if unusual is not None:
        told = f"{unusual.day} cost {_dollars(unusual.cost)}, where {_dollars(unusual.usual)} a day is usual"
        console.print(f"{told}: textnlp usage --by client --since {unusual.day}", style="yellow")
    if budgets:
        console.print()
        print_budgets(budgets)


def print_budgets(budgets: Sequence[BudgetRead], *, as_json: bool = False) -> None:
    """Print budgets and how they stand; as JSON lines where asked."""
    if as_json:
        sys.stdout.writelines(msgspec.json.encode(budget).decode() + "\n" for budget in budgets)
        return
    table = Table("budget", "for", "period", box=None, header_style="dim", pad_edge=False)
    for title in ("spent", "limit", "used"):
        table.add_column(title, justify="right", no_wrap=True)
    for budget in budgets:
        taken = budget.spent + budget.reserved
        share = f"{taken / budget.limit:.0%}" if budget.limit else "100%"
        style = "red" if budget.left <= 0 else "yellow" if budget.is_warning else ""
        amounts = (_amount(budget.spent, budget.unit), _amount(budget.limit, budget.unit))
        owner = Text(f"{budget.scope} {budget.value}")
        table.add_row(Text(budget.id), owner, budget.period, *amounts, Text(share, style=style))
    Console().print(table)


def usage_document(usage: UsageReport, budgets: Sequence[BudgetRead]) -> str:
    """Return usage and budgets as one JSON document."""
    return msgspec.json.encode({**msgspec.structs.asdict(usage), "budgets": list(budgets)}).decode()


def _unusual(usage: UsageReport) -> UnusualDay | None:
    costs = {date.fromisoformat(group.key): group.cost for group in usage.groups if group.key is not None}
    found = (unusual_day(costs, day) for day in sorted(costs, reverse=True)[:_LATEST_DAYS])
    return next((day for day in found if day is not None), None)


def _totals(groups: Sequence[UsageGroupRead]) -> tuple[int, int, int, Decimal]:
    return (
        sum(group.calls for group in groups),
        sum(group.usage.prompt_tokens for group in groups),
        sum(group.usage.completion_tokens for group in groups),
        sum((group.cost for group in groups), Decimal(0)),
    )


def _amount(amount: Decimal, unit: str) -> str:
    return _dollars(amount) if unit == "usd" else f"{amount:,.0f} tokens"


def _dollars(amount: Decimal) -> str:
    """Write dollars with cents, and what is less than a cent with millionths."""
    return f"${amount:,.2f}" if not amount or amount >= _CENT else f"${max(amount, _SMALLEST):.6f}"
