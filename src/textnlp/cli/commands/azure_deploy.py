"""`textnlp azure deploy`, `what-if`, `drift`, `destroy`: the estate on Azure itself."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.azure_comparison import print_comparisons
from textnlp.cli.azure_directory import opened_directory
from textnlp.cli.azure_place import Place, place_of
from textnlp.cli.deployment_view import DeploymentLines
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.named_values import named_values
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.settings import read_prefixed
from textnlp_infra.deploy import deploy as deploying
from textnlp_infra.deploy import destroy as destroying
from textnlp_infra.deploy.arguments import ENVIRONMENT_PREFIX, Given
from textnlp_infra.deploy.comparison import Comparison, compare
from textnlp_infra.deploy.registered_estate import (
    CLIENT_ID,
    UNREGISTERED,
    compare_registered,
    deploy_registered,
    registers,
)
from textnlp_infra.deploy.registration import APPLICATION, Registration, find_application, unregister
from textnlp_infra.environments import environment

_Env = Annotated[str, typer.Option("--env", help="The environment.")]
_Suffix = Annotated[str, typer.Option(help="End of names that must be unique on all of Azure.")]
_Host = Annotated[str, typer.Option(help="Name that callers use, of a domain of your own.")]
_With = Annotated[
    list[str] | None, typer.Option("--with", help="A service that may be left out: break-glass-routing, vpn.")
]
_Subscription = Annotated[str | None, typer.Option(help="Id of the subscription; AZURE_SUBSCRIPTION_ID.")]
_Parameter = Annotated[
    list[str] | None, typer.Option("--parameter", help="NAME=VALUE for a parameter of the templates; no secrets.")
]
_File = Annotated[
    Path | None, typer.Option("--parameters", help="JSON file of parameters; for secrets it must have mode 600.")
]
_Poll = Annotated[float, typer.Option("--poll", min=0.01, max=300, help="Seconds between two looks at Azure.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def deploy(
    *,
    env: _Env,
    suffix: _Suffix = "",
    host: _Host = "",
    optional: _With = None,
    subscription: _Subscription = None,
    parameter: _Parameter = None,
    parameters: _File = None,
    again: Annotated[bool, typer.Option("--again", help="Send stacks that have not changed, too.")] = False,
    poll: _Poll = 5.0,
    as_json: _Json = False,
) -> None:
    """Deploy stack by stack, show every resource, and print the outputs.

    May be run again at any time: it follows what is under way, and leaves alone what has not changed.
    """
    place = place_of(
        environment(env, suffix=suffix, host=host, optional_services=optional or []),
        subscription,
        _given(parameter, parameters),
        poll,
    )

    async def run(view: DeploymentLines) -> Mapping[str, object]:
        wait = partial(SYSTEM_CLOCK.sleep, poll)
        async with place.opened() as azure:
            if not registers(place.stacks):
                return await deploying.deploy(place.stacks, azure, view, wait=wait, sends_again=again)
            async with opened_directory(poll) as graph:
                registration = Registration(environment=place.environment, graph=graph, tell=view.note)
                return await deploy_registered(place.stacks, azure, registration, view, wait=wait, sends_again=again)

    with DeploymentLines(Console(stderr=True, highlight=False)) as view:
        outputs = asyncio.run(run(view))
    if as_json:
        sys.stdout.write(json.dumps(dict(outputs), indent=1) + "\n")
        return
    for name, value in outputs.items():
        typer.echo(f"{name} = {value}")


def what_if(
    *,
    env: _Env,
    suffix: _Suffix = "",
    host: _Host = "",
    optional: _With = None,
    subscription: _Subscription = None,
    parameter: _Parameter = None,
    parameters: _File = None,
    poll: _Poll = 5.0,
    as_json: _Json = False,
) -> None:
    """Ask Azure what deploying would change; nothing is changed."""
    print_comparisons(
        _compared(
            place_of(
                environment(env, suffix=suffix, host=host, optional_services=optional or []),
                subscription,
                _given(parameter, parameters),
                poll,
            )
        ),
        as_json=as_json,
    )


def drift(
    *,
    env: _Env,
    suffix: _Suffix = "",
    host: _Host = "",
    optional: _With = None,
    subscription: _Subscription = None,
    parameter: _Parameter = None,
    parameters: _File = None,
    poll: _Poll = 5.0,
    as_json: _Json = False,
) -> None:
    """Compare Azure with the templates; exit code 1 when something is not as they say."""
    told = _compared(
        place_of(
            environment(env, suffix=suffix, host=host, optional_services=optional or []),
            subscription,
            _given(parameter, parameters),
            poll,
        )
    )
    print_comparisons(told, as_json=as_json)
    for comparison in told:
        if not comparison.is_deployed:
            typer.echo(
                f"{comparison.stack}: was not deployed with these templates and parameters, so that a difference need "
                "not be drift",
                err=True,
            )
    if any(comparison.changes or not comparison.is_deployed for comparison in told):
        sys.exit(ExitCode.ERROR)


def destroy(
    *,
    env: _Env,
    suffix: _Suffix = "",
    host: _Host = "",
    optional: _With = None,
    subscription: _Subscription = None,
    keep_application: Annotated[
        bool, typer.Option("--keep-application", help="Leave the application in Entra ID as it is.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    poll: _Poll = 5.0,
) -> None:
    """Delete what was deployed, the last stack first, with all data, and the application; asks before it begins."""
    place = place_of(
        environment(env, suffix=suffix, host=host, optional_services=optional or []), subscription, None, poll
    )
    plan = destroying.removals(place.stacks, place.subscription)
    if not yes:
        _require_terminal()
    application = None if keep_application else asyncio.run(_application(place))
    for removal in plan:
        for group in removal.groups:
            typer.echo(f"{removal.stack}: resource group {group} with all in it", err=True)
        if removal.resources:
            typer.echo(f"{removal.stack}: {len(removal.resources)} resources outside of its groups", err=True)
    if application is not None:
        typer.echo(f"{APPLICATION}: that of {env} in Entra ID, with its client id, for good", err=True)
    if not yes:
        typer.confirm(f"Delete all of {env} in subscription {place.subscription}, with all data?", abort=True)

    async def run() -> None:
        async with place.opened() as azure:
            await destroying.destroy(plan, azure, typer.echo)
        if application is not None:
            async with opened_directory(poll) as graph:
                await unregister(place.environment, application, graph, typer.echo)

    asyncio.run(run())


async def _application(place: Place) -> str | None:
    async with opened_directory(place.poll_seconds) as graph:
        return await find_application(place.environment, graph)


def _given(typed: Sequence[str] | None, file: Path | None) -> Given:
    return Given(
        typed=named_values(typed or (), option="--parameter"),
        file=file,
        environment=read_prefixed(ENVIRONMENT_PREFIX),
        assumed={CLIENT_ID: UNREGISTERED},
    )


def _compared(place: Place) -> list[Comparison]:
    async def run() -> list[Comparison]:
        async with place.opened() as azure:
            if not registers(place.stacks):
                return [comparison async for comparison in compare(place.stacks, azure)]
            async with opened_directory(place.poll_seconds) as graph:
                registration = Registration(environment=place.environment, graph=graph)
                return [comparison async for comparison in compare_registered(place.stacks, azure, registration)]

    return asyncio.run(run())


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise TextNLPError(
            "Nobody is at a terminal to be asked whether everything is to be deleted.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Add --yes when it is."),
        )
