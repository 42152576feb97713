"""`textnlp azure cost`: what an environment costs in a month."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.cost.estimate import RESERVED, SPOT, Estimate, estimate
from textnlp_infra.cost.price import read_prices
from textnlp_infra.cost.quantity import NOT_ESTIMATED, quantities
from textnlp_infra.environments import environment

_LOADS = ("low", "expected", "high", "reserved_expected")


def cost(
    *,
    env: Annotated[str, typer.Option("--env", help="The environment.")] = "prod",
    prices: Annotated[Path | None, typer.Option(help="Your own prices, in the form of cost/prices.json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the estimate as JSON.")] = False,
) -> None:
    """Estimate a month's cost at low, expected and high load; what has no known price is listed, never guessed."""
    made = estimate(quantities(environment(env)), read_prices(prices), TOPOLOGY.cost)
    if as_json:
        sys.stdout.write(json.dumps(_document(made), indent=1) + "\n")
    else:
        _print(made)


def _document(made: Estimate) -> dict[str, object]:
    return {
        "currency": TOPOLOGY.cost.currency,
        "budget": made.budget,
        "lines": [
            {"component": line.component, "meter": line.meter}
            | {load: _rounded(getattr(line, load)) for load in _LOADS}
            for line in made.lines
        ],
        "known_total": {load: _rounded(made.total(load)) for load in _LOADS},
        "known_saving": {
            "reserved": _rounded(made.saving(RESERVED)),
            "spot": _rounded(made.saving(SPOT)),
        },
        "not_estimated": list(NOT_ESTIMATED),
        "unknown_prices": list(made.unknown),
        "unknown_reserved_or_spot": list(made.without_reservation),
    }


def _print(made: Estimate) -> None:
    declared = TOPOLOGY.cost
    table = Table("component", title=f"{declared.currency} a month")
    table.add_column("meter", overflow="fold")
    titles = ("low", "expected", "high", "discounted")
    for title in titles:
        table.add_column(title, justify="right")
    for line in made.lines:
        table.add_row(line.component, line.meter, *(_shown(getattr(line, load)) for load in _LOADS))
    table.add_section()
    table.add_row("known total", "", *(_shown(made.total(load)) for load in _LOADS))
    shares = (f"{made.total(load) * 100 / made.budget:.0f}%" for load in _LOADS)
    table.add_row("of the budget", f"{made.budget:,}", *shares)
    console = Console()
    console.print(table)
    console.print(
        f"Discounted: at expected load, with {declared.reserved_percent}% of the steady machines reserved for "
        f"{declared.reserved_years} years, and Spot where it is used."
    )
    reserved, spot = (_saved(made.saving(discount)) for discount in (RESERVED, SPOT))
    console.print(f"Reservations save {reserved} a month, and Spot {spot}, as far as prices are known.")
    if made.unknown:
        console.print(f"No price is known of: {'; '.join(made.unknown)}. The totals are too low by these.")
    if made.without_reservation:
        names = "; ".join(made.without_reservation)
        console.print(f"No reserved or Spot price is known of: {names}. They count as pay-as-you-go.")
    console.print(f"Not estimated: {'; '.join(NOT_ESTIMATED)}.")


def _saved(amount: Decimal | None) -> str:
    return "an unknown amount" if amount is None else f"{amount:,.0f}"


def _shown(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"{amount:,.0f}"


def _rounded(amount: Decimal | None) -> float | None:
    return None if amount is None else float(round(amount, 2))
