"""`textnlp validate-part`: looks at the rows that a task of a pool is for."""

from typing import Annotated

import typer

from textnlp.bootstrap.pool_wiring import run_part
from textnlp.cli.run_loop import run_interruptible
from textnlp.settings import read_settings


def validate_part(
    job: Annotated[str, typer.Argument(help="The job.")],
    part: Annotated[str, typer.Argument(help="Its part.")],
) -> None:
    """Look at a part of the rows that `textnlp validate --on batch` has put among the blobs of the data folder."""
    settings = read_settings()
    run_interruptible(lambda: run_part(settings, job, part))
