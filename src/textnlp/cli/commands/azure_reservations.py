"""`textnlp azure reservations`: what to reserve, what that costs, and buying it when somebody says so."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from textnlp.cli.azure_subscription import named_subscription, opened_azure
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.settings import read_settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.cost.reservation import Reservation, planned_reservations
from textnlp_infra.deploy.capacity import Quote, buy, quotes
from textnlp_infra.deploy.management_api import ManagementApi
from textnlp_infra.environments import environment


def reservations(
    *,
    env: Annotated[str, typer.Option("--env", help="The environment.")] = "prod",
    subscription: Annotated[str | None, typer.Option(help="Id of the subscription; AZURE_SUBSCRIPTION_ID.")] = None,
    quote: Annotated[bool, typer.Option("--quote", help="Ask Azure what is held and what the rest costs.")] = False,
    purchase: Annotated[bool, typer.Option("--buy", help="Buy the rest; asks before it does.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the requests as JSON, and send none.")] = False,
) -> None:
    """Say which machines to reserve, for how long and where; nothing is bought unless --buy is given and confirmed."""
    planned = planned_reservations(environment(env), TOPOLOGY.cost)
    if as_json:
        known = read_settings(azure_subscription=subscription).azure_subscription or "SUBSCRIPTION"
        sys.stdout.write(json.dumps([item.document(known) for item in planned], indent=1) + "\n")
        return
    _print(env, planned)
    if planned and (quote or purchase):
        asyncio.run(_quote(planned, named_subscription(subscription), buys=purchase, yes=yes))


async def _quote(planned: Sequence[Reservation], subscription_id: str, *, buys: bool, yes: bool) -> None:
    async with opened_azure(subscription_id) as azure:
        offered = await quotes(planned, azure.api, subscription_id)
        for each in offered:
            item = each.reservation
            typer.echo(
                f"{item.quantity} {item.sku} in {item.region}: {each.amount:,.2f} {each.currency} for {item.term}"
            )
        if not offered:
            typer.echo("All of it is held already.")
        elif buys:
            _confirm(offered, yes=yes)
            await _buy(offered, azure.api, subscription_id)


async def _buy(offered: Sequence[Quote], api: ManagementApi, subscription_id: str) -> None:
    for each in offered:
        state = await buy(each, api, subscription_id)
        typer.echo(f"{each.reservation.sku} in {each.reservation.region}: order {each.order_id} is {state}")


def _confirm(offered: Sequence[Quote], *, yes: bool) -> None:
    if yes:
        return
    total, currency = sum(each.amount for each in offered), offered[0].currency
    if not sys.stdin.isatty():
        raise TextNLPError(
            f"Nobody is at a terminal to be asked whether {total:,.2f} {currency} are to be spent.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Add --yes when they are."),
        )
    typer.confirm(f"Spend {total:,.2f} {currency}?", abort=True)


def _print(env: str, planned: Sequence[Reservation]) -> None:
    cost, console = TOPOLOGY.cost, Console()
    if not planned:
        console.print(f"Nothing in {env} runs all the time, so that a reservation would cost more than it saves.")
        return
    title = f"{cost.reserved_percent}% of the steady machines of {env}, for {cost.reserved_years} years"
    table = Table("size", "region", title=title)
    for heading in ("always on", "to reserve"):
        table.add_column(heading, justify="right")
    for item in planned:
        table.add_row(item.sku, item.region, str(item.steady), str(item.quantity))
    console.print(table)
    console.print(
        f"Paid {cost.payment.lower()}, for this subscription alone, and not renewed; rounded down in each region."
    )
    console.print("Machines of pools that start from zero, and Spot machines, are not reserved.")
