"""`textnlp azure advice`: what Azure Advisor recommends so that an environment costs less."""

import asyncio
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer

from textnlp.cli.azure_subscription import named_subscription, opened_azure
from textnlp_infra.arm import Estate
from textnlp_infra.cost.advice import API_VERSION, COST, RECOMMENDATIONS, Advice, advised, total_saving
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate
from textnlp_infra.naming import machine_group


def advice(
    *,
    env: Annotated[str, typer.Option("--env", help="The environment.")] = "prod",
    suffix: Annotated[str, typer.Option(help="End of names that must be unique on all of Azure.")] = "",
    subscription: Annotated[str | None, typer.Option(help="Id of the subscription; AZURE_SUBSCRIPTION_ID.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the advice as JSON.")] = False,
) -> None:
    """Ask Advisor which machines are too large and what lies idle, and print what each advice saves in a month."""
    subscription_id = named_subscription(subscription)
    estate = build_estate(environment(env, suffix=suffix))
    found = asyncio.run(_ask(subscription_id, estate))
    if as_json:
        sys.stdout.write(json.dumps([each.as_document() for each in found], indent=1) + "\n")
        return
    _print(env, found)


async def _ask(subscription_id: str, estate: Estate) -> list[Advice]:
    made: dict[str, str] = {}
    groups: dict[str, str] = {}
    for stack in estate.stacks:
        for unit in stack.units:
            if unit.group is None:
                continue
            groups |= {unit.group.name: "", machine_group(estate.environment, unit.group.location): "cluster"}
            start = f"/subscriptions/{subscription_id}/resourcegroups/{unit.group.name}/providers/"
            for resource in unit.resources:
                if resource.parent is None and isinstance(resource.name, str):
                    made[f"{start}{resource.type}/{resource.name}".lower()] = unit.name
    async with opened_azure(subscription_id) as azure:
        path = RECOMMENDATIONS.format(subscription=subscription_id)
        return await advised(azure.api.pages(path, api_version=API_VERSION, filter=COST), made, groups)


def _print(env: str, found: Sequence[Advice]) -> None:
    if not found:
        typer.echo(f"Advisor recommends nothing that would make {env} cheaper.")
        return
    for each in found:
        saving = (
            "saves an unknown amount" if each.monthly_saving is None else _saved(each.monthly_saving, each.currency)
        )
        made_by = f"{each.component} makes it" if each.component else "no template makes it"
        typer.echo(f"{each.name} ({made_by}): {saving}, impact {each.impact.lower() or 'unknown'}")
        typer.echo(f"  {each.says}" + (f" ({each.becomes})" if each.becomes else ""))
    currencies = {each.currency for each in found if each.monthly_saving is not None}
    if len(currencies) == 1:
        typer.echo(f"Together it {_saved(total_saving(found), currencies.pop())}, as far as Advisor tells.")
    typer.echo("What a template makes is changed in environments.py or the topology, and deployed.")


def _saved(amount: Decimal, currency: str) -> str:
    return f"saves {amount:,.0f} {currency} a month"
