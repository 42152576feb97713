"""`textnlp token`: a token for whoever uses this machine."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from textnlp.bootstrap.local_identity import own_token
from textnlp.settings import read_settings


def token(
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Permission that the token has; may be repeated. Read and write where none is named."),
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the platform, as `up` was given it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print token, lifetime and scope as JSON.")] = False,
) -> None:
    """Print a token for the platform on this machine; it is valid for an hour."""
    issued = own_token(read_settings(data_dir=data_dir), scope or ())
    if as_json:
        document = {"access_token": issued.text, "expires_in": issued.expires_in_seconds, "scope": issued.scope}
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.write(issued.text + "\n")
