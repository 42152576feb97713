"""`textnlp azure directory`: the platform's application in Entra ID, for whoever administers that."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from textnlp.cli.azure_comparison import print_comparisons
from textnlp.cli.azure_directory import opened_directory
from textnlp.cli.azure_place import Place, place_of
from textnlp.cli.exit_codes import ExitCode
from textnlp.settings import read_settings
from textnlp_infra.deploy.comparison import Comparison
from textnlp_infra.deploy.registered_estate import CLIENT_ID, identity_outputs
from textnlp_infra.deploy.registration import ACCESS, APPLICATION, Registration
from textnlp_infra.environments import Environment, environment

_FIRST = "the estate"


def directory(
    *,
    env: Annotated[str, typer.Option("--env", help="The environment.")],
    suffix: Annotated[str, typer.Option(help="End of names that must be unique on all of Azure.")] = "",
    subscription: Annotated[
        str | None, typer.Option(help="Id of the subscription, which tells the processes' identities.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 when there is something to do.")
    ] = False,
    poll: Annotated[float, typer.Option("--poll", min=0.01, max=300, help="Seconds between two tries.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Register the application in Entra ID, or bring it to what is declared, and print its client id.

    What needs the identities of the estate is done once that is deployed: run it again then.
    """
    known = environment(env, suffix=suffix)
    place = place_of(known, subscription, None, poll) if subscription or read_settings().azure_subscription else None
    client_id, told = asyncio.run(_directory(known, place, changes_it=not check, poll_seconds=poll))
    if check:
        print_comparisons(told, as_json=as_json)
        if any(comparison.changes for comparison in told):
            sys.exit(ExitCode.ERROR)
        return
    for comparison in told:
        if comparison.waits:
            typer.echo(f"{comparison.stack}: run this again when {comparison.waits} is deployed", err=True)
    typer.echo(json.dumps({CLIENT_ID: client_id}) if as_json else f"{CLIENT_ID} = {client_id}")


async def _directory(
    known: Environment, place: Place | None, *, changes_it: bool, poll_seconds: float
) -> tuple[str | None, list[Comparison]]:
    async with opened_directory(poll_seconds) as graph:
        registration = Registration(environment=known, graph=graph, tell=_tell if changes_it else None)
        registered = await registration.register()
        told = [registration.comparison(APPLICATION)]
        if registered is None:
            return None, [*told, registration.comparison(ACCESS, waits=APPLICATION)]
        outputs = await _outputs(place)
        if outputs is not None:
            await registration.let_in(registered, outputs)
        return registered.client_id, [*told, registration.comparison(ACCESS, waits=None if outputs else _FIRST)]


async def _outputs(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    async with place.opened() as azure:
        found = await identity_outputs(place.stacks, azure)
        return None if found is None else dict(found)


def _tell(part: str, text: str) -> None:
    typer.echo(f"{part}: {text}", err=True)
