"""`textnlp azure deploy`, `what-if`, `drift`, `destroy`: the estate on Azure itself."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.azure_subscription import named_subscription, opened_azure
from textnlp.cli.deployment_view import DeploymentLines
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.named_values import named_values
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.settings import read_prefixed
from textnlp_infra.checks.estate_check import templates
from textnlp_infra.deploy import deploy as deploying
from textnlp_infra.deploy import destroy as destroying
from textnlp_infra.deploy.arguments import ENVIRONMENT_PREFIX, Given, stack_templates
from textnlp_infra.deploy.comparison import Comparison, compare
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import Subscription
from textnlp_infra.environments import Environment, environment
from textnlp_infra.expansion.expander import samples

_LONGEST_VALUE = 80

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    subscription: str
    stacks: tuple[StackTemplate, ...]
    poll_seconds: float

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Subscription]:
        async with opened_azure(self.subscription, poll_seconds=self.poll_seconds) as azure:
            yield azure


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
    place = _place(
        environment(env, suffix=suffix, host=host, optional_services=optional or []),
        subscription,
        _given(parameter, parameters),
        poll,
    )

    async def run(view: DeploymentLines) -> dict[str, object]:
        async with place.opened() as azure:
            return dict(
                await deploying.deploy(
                    place.stacks, azure, view, wait=partial(SYSTEM_CLOCK.sleep, poll), sends_again=again
                )
            )

    with DeploymentLines(Console(stderr=True, highlight=False)) as view:
        outputs = asyncio.run(run(view))
    if as_json:
        sys.stdout.write(json.dumps(outputs, indent=1) + "\n")
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
    _print(
        _compared(
            _place(
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
        _place(
            environment(env, suffix=suffix, host=host, optional_services=optional or []),
            subscription,
            _given(parameter, parameters),
            poll,
        )
    )
    _print(told, as_json=as_json)
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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    poll: _Poll = 5.0,
) -> None:
    """Delete what the stacks made, the last stack first, with all data in it; asks before it begins."""
    place = _place(
        environment(env, suffix=suffix, host=host, optional_services=optional or []), subscription, None, poll
    )
    plan = destroying.removals(place.stacks, place.subscription)
    for removal in plan:
        for group in removal.groups:
            typer.echo(f"{removal.stack}: resource group {group} with all in it", err=True)
        if removal.resources:
            typer.echo(f"{removal.stack}: {len(removal.resources)} resources outside of its groups", err=True)
    if not yes:
        _ask(env, place.subscription)

    async def run() -> None:
        async with place.opened() as azure:
            await destroying.destroy(plan, azure, typer.echo)

    asyncio.run(run())


def _given(typed: Sequence[str] | None, file: Path | None) -> Given:
    return Given(
        typed=named_values(typed or (), option="--parameter"),
        file=file,
        environment=read_prefixed(ENVIRONMENT_PREFIX),
    )


def _place(known: Environment, subscription: str | None, given: Given | None, poll_seconds: float) -> _Place:
    """Return what is deployed and where to; without `given`, samples stand for the values of parameters."""
    subscription_id = named_subscription(subscription)
    written, location = templates(known), known.primary.name
    if given is None:
        stacks = tuple(
            StackTemplate(environment=known.name, name=name, location=location, template=item, arguments=samples(item))
            for name, item in written.items()
        )
    else:
        stacks = stack_templates(written, given, environment=known.name, location=location)
    return _Place(subscription=subscription_id, stacks=stacks, poll_seconds=poll_seconds)


def _compared(place: _Place) -> list[Comparison]:
    async def run() -> list[Comparison]:
        async with place.opened() as azure:
            return [comparison async for comparison in compare(place.stacks, azure)]

    return asyncio.run(run())


def _print(told: Sequence[Comparison], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([comparison.as_document() for comparison in told], indent=1) + "\n")
        return
    for comparison in told:
        if comparison.waits:
            typer.echo(f"{comparison.stack}: Azure cannot tell before {comparison.waits} is deployed")
            continue
        for change in comparison.changes:
            typer.echo(f"{comparison.stack}: {change.kind} {change.resource_id}")
            for item in change.properties:
                typer.echo(f"  {item.path}: {_short(item.before)} on Azure, {_short(item.after)} in the template")
        for resource_id in comparison.untold:
            typer.echo(f"{comparison.stack}: Azure cannot tell of {resource_id}")
        typer.echo(f"{comparison.stack}: {len(comparison.changes)} to change, {comparison.unchanged} as they are")


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _ask(env: str, subscription: str) -> None:
    if not sys.stdin.isatty():
        raise TextNLPError(
            "Nobody is at a terminal to be asked whether everything is to be deleted.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Add --yes when it is."),
        )
    typer.confirm(f"Delete all of {env} in subscription {subscription}, with all data?", abort=True)
