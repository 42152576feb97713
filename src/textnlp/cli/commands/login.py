"""`textnlp login`: a code with which whoever uses this machine signs in on a page of the platform."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import open_sign_ins
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.identity.sign_in import LOGIN_SECONDS
from textnlp.settings import Settings, read_settings
from textnlp.topology.scopes import EVERY_GRANT

_MINUTE = 60


def login(
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Permission that the sign-in may have; may be repeated. All of them where none is named."),
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the platform, as `up` was given it.")] = None,
) -> None:
    """Print a code for the sign-in page of the platform on this machine; it is good once, for five minutes."""
    settings = read_settings(data_dir=data_dir)
    code = run_interruptible(lambda: _code(settings, tuple(scope or EVERY_GRANT)))
    sys.stdout.write(code + "\n")
    typer.echo(f"Type it on the sign-in page within {LOGIN_SECONDS // _MINUTE} minutes; it is good once.", err=True)


async def _code(settings: Settings, permissions: tuple[str, ...]) -> str:
    async with open_sign_ins(settings) as store:
        return await make_login_code(store, permissions, clock=SYSTEM_CLOCK)
