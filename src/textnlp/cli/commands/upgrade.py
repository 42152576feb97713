"""`textnlp upgrade`: whether a platform can be brought to this version, and bringing its database there."""

import asyncio
import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from textnlp.application.check_upgrade import check_upgrade
from textnlp.bootstrap.database_wiring import migrate_database
from textnlp.bootstrap.upgrade_wiring import open_upgrade_check
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.upgrade_listing import upgrade_table
from textnlp.domain.upgrades.model import UpgradePlan
from textnlp.settings import Settings, read_settings


def upgrade(
    *,
    check: Annotated[bool, typer.Option("--check", help="Look only; change nothing.")] = False,
    oldest_running: Annotated[
        str | None,
        typer.Option("--from", metavar="VERSION", help="Version of the oldest process that goes on running meanwhile."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Say what bringing the platform to this version does and what stands in its way; then bring the database there.

    With --check nothing is changed. Where something stands in the way nothing is changed either; exit code 1.
    """
    settings = read_settings()
    plan = asyncio.run(_plan(settings, oldest_running))
    if as_json:
        sys.stdout.write(json.dumps(plan.as_document(), indent=1) + "\n")
    else:
        Console().print(upgrade_table(plan))
    if not plan.is_safe:
        sys.exit(ExitCode.ERROR)
    if not check:
        asyncio.run(migrate_database(settings))


async def _plan(settings: Settings, oldest_running: str | None) -> UpgradePlan:
    async with open_upgrade_check(settings) as ports:
        return await check_upgrade(ports, oldest_running=oldest_running)
