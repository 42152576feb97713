"""`textnlp batch validation`: which answers of a batch are good."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from textnlp.cli.remote_validation import await_batch_validation
from textnlp.cli.validation_listing import ValidationProgress, print_summary


def validation(
    batch_id: Annotated[str, typer.Argument(metavar="ID", help="The batch, once it has completed.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Folder for the files that `textnlp validate` leaves.")] = None,
    server: Annotated[
        str | None, typer.Option(help="Address of the platform; TEXTNLP_SERVER, or this machine.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the balance as JSON.")] = False,
) -> None:
    """Wait until the answers of a batch were looked at, and show the balance."""
    with ValidationProgress(is_shown=not quiet and not as_json) as progress:
        balance, names = await_batch_validation(server, batch_id, out, progress)
    if as_json:
        sys.stdout.write(json.dumps(balance) + "\n")
    elif not quiet:
        print_summary(balance, names, out or Path())
