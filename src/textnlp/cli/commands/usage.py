"""`textnlp usage …`: what was used, and the budgets over it, of a running platform."""

import contextlib
import sys
from collections.abc import AsyncGenerator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

import typer

from textnlp.cli.server_client import call_server
from textnlp.cli.usage_listing import print_budgets, print_usage, usage_document
from textnlp.client import budgets as client_budgets
from textnlp.client.usage import Grouping
from textnlp.domain.errors import invalid_input
from textnlp.domain.usage.budget import BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.topology.scopes import ADMIN

_Server = Annotated[str | None, typer.Option(help="Address of the platform; TEXTNLP_SERVER, or this machine.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_DAY_FORMAT = ["%Y-%m-%d"]


class UsageGrouping(StrEnum):
    """What people add calls up by."""

    DAY = "day"
    MODEL = "model"
    CLIENT = "client"
    BATCH = "batch"


def show(
    *,
    by: Annotated[UsageGrouping, typer.Option(help="What calls are added up by.")] = UsageGrouping.DAY,
    since: Annotated[datetime | None, typer.Option(formats=_DAY_FORMAT, help="First day, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY_FORMAT, help="Last day; today where unset.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the groups as CSV.")] = False,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Show what was used in the last 30 days, or from one day to another, and how the budgets stand."""
    if as_csv and as_json:
        raise invalid_input("Choose one of --csv and --json.", field="csv")
    grouping = Grouping.CALLER if by is UsageGrouping.CLIENT else Grouping(by.value)
    first, last = since and since.date(), until and until.date()
    if as_csv:
        call_server(server, lambda client: _write_table(client.usage.show_csv(by=grouping, since=first, until=last)))
        return
    usage = call_server(server, lambda client: client.usage.show(by=grouping, since=first, until=last))
    budgets = call_server(server, lambda client: client.budgets.list()).budgets
    if as_json:
        sys.stdout.write(usage_document(usage, budgets) + "\n")
    else:
        print_usage(usage, budgets, by=by.value)


def list_budgets(*, as_json: _Json = False, server: _Server = None) -> None:
    """List budgets and how each stands in its present period."""
    print_budgets(call_server(server, lambda client: client.budgets.list()).budgets, as_json=as_json)


def set_budget(
    limit: Annotated[str, typer.Argument(metavar="LIMIT", help="US dollars or tokens in a period.")],
    *,
    unit: Annotated[BudgetUnit, typer.Option(help="What the limit counts.")] = BudgetUnit.USD,
    period: Annotated[BudgetPeriod, typer.Option(help="How often it begins anew.")] = BudgetPeriod.MONTHLY,
    client_id: Annotated[str | None, typer.Option("--client", help="Count the calls of this client alone.")] = None,
    batch_id: Annotated[str | None, typer.Option("--batch", help="Count the calls of this batch alone.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose budget it is; your own tenant's where unset.")] = None,
    warn_share: Annotated[float, typer.Option("--warn-at", help="Part of the limit from which it warns.")] = 0.8,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Refuse calls beyond a limit from this moment on; what its period has seen already counts."""
    if client_id is not None and batch_id is not None:
        raise invalid_input("Choose one of --client and --batch.", field="client")
    named = {BudgetScope.CALLER: client_id, BudgetScope.BATCH: batch_id}
    scope, value = next(
        ((scope, name) for scope, name in named.items() if name is not None), (BudgetScope.TENANT, None)
    )
    wish = client_budgets.BudgetCreate(
        limit=_amount(limit),
        unit=client_budgets.BudgetUnit(unit),
        period=client_budgets.BudgetPeriod(period),
        scope=client_budgets.BudgetScope(scope),
        value=value,
        tenant=tenant,
        warn_share=warn_share,
    )
    budget = call_server(server, lambda client: client.budgets.set(wish), permissions=[ADMIN])
    print_budgets([budget], as_json=as_json)


def remove_budget(
    budget_id: Annotated[str, typer.Argument(metavar="ID", help="The budget, as `usage budget list` names it.")],
    *,
    server: _Server = None,
) -> None:
    """Remove a budget; calls are no longer refused for it."""
    call_server(server, lambda client: client.budgets.remove(budget_id), permissions=[ADMIN])
    typer.echo(f"{budget_id} is removed.")


async def _write_table(pieces: AsyncGenerator[bytes]) -> None:
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            sys.stdout.buffer.write(piece)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as exc:
        raise invalid_input(f"{text!r} is no amount.", field="limit") from exc
