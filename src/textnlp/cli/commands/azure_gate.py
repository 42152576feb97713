"""`textnlp azure gate`: whether a new version gets more of the traffic."""

import asyncio
import sys
from typing import Annotated

import aiohttp
import typer

from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.build_version import build_version
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.azure_subscription import named_subscription
from textnlp.cli.exit_codes import ExitCode
from textnlp.domain.errors import invalid_input
from textnlp.settings import Settings, read_settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.deploy.canary_gate import LogWorkspace, Showing, Verdict, await_verdict
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate
from textnlp_infra.queries.canary import canary_query

_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_GATE = TOPOLOGY.canary_gate


def gate(
    *,
    revision: Annotated[str, typer.Option(help="Commit that the new version is made from.")],
    env: Annotated[str, typer.Option("--env", help="The environment.")] = "prod",
    suffix: Annotated[str, typer.Option(help="End of names that must be unique on all of Azure.")] = "",
    subscription: Annotated[str | None, typer.Option(help="Id of the subscription; AZURE_SUBSCRIPTION_ID.")] = None,
    least: Annotated[float, typer.Option(min=0, help="Minutes that it is looked at, at least.")] = _GATE.window_minutes,
    most: Annotated[float, typer.Option(min=0.01, max=240, help="Minutes to wait for enough calls.")] = 60,
    poll: Annotated[float, typer.Option("--poll", min=0.01, max=300, help="Seconds between two looks.")] = 30,
) -> None:
    """Look at the calls of a new version; exit code 0: give it more, 1: too many failed, 4: too few came to tell."""
    workspace = _workspace_id(env, suffix, named_subscription(subscription))
    settings = read_settings()
    try:
        query = canary_query(build_version(revision), gate=_GATE)
    except ValueError as error:
        raise invalid_input(str(error), field="revision") from error
    showing = asyncio.run(_follow(settings, workspace, query, minutes=(least, most), poll_seconds=poll))
    typer.echo(_OUTCOMES[showing.verdict])
    if showing.verdict is not Verdict.PROMOTE:
        sys.exit(ExitCode.ERROR if showing.verdict is Verdict.REJECT else ExitCode.LIMIT)


_OUTCOMES = {
    Verdict.PROMOTE: "promote: it does well enough",
    Verdict.REJECT: f"reject: more than {_GATE.most_error_percent}% of its calls failed",
    Verdict.WAIT: f"undecided: fewer than {_GATE.least_calls} calls came in {_GATE.window_minutes} minutes",
}


async def _follow(
    settings: Settings, workspace_id: str, query: str, *, minutes: tuple[float, float], poll_seconds: float
) -> Showing:
    tokens = access_tokens()

    async def bearer(scope: str) -> str:
        return (await tokens.token(scope)).value

    least, most = minutes
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            workspace = LogWorkspace(
                session=session, endpoint=settings.log_analytics, resource_id=workspace_id, token=bearer
            )
            return await await_verdict(
                lambda: workspace.showing(query),
                SYSTEM_CLOCK,
                least_seconds=60 * least,
                most_seconds=60 * most,
                poll_seconds=poll_seconds,
                tell=_tell,
            )
    finally:
        await tokens.aclose()


def _tell(showing: Showing) -> None:
    typer.echo(
        f"{showing.failed} of {showing.total} calls failed ({showing.error_percent:.2f}%): {showing.verdict}", err=True
    )


def _workspace_id(env: str, suffix: str, subscription: str) -> str:
    estate = build_estate(environment(env, suffix=suffix))
    (found,) = (resource for resource in estate.resources() if resource.type == _WORKSPACE)
    if found.group is None:
        raise TypeError("the workspace lies in no resource group")
    return f"/subscriptions/{subscription}/resourceGroups/{found.group.name}/providers/{found.type}/{found.name}"
