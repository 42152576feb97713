"""`textnlp validate`: looks at rows of any origin."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from textnlp.bootstrap import SYSTEM_CLOCK
from textnlp.bootstrap.validation_wiring import read_checks, usual_checks, validate_file
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.remote_validation import RemoteOrder, validate_on_server
from textnlp.cli.validation_listing import ValidationProgress, print_summary
from textnlp.domain.errors import invalid_input
from textnlp.domain.validation.checks_file import ChecksFile


def validate(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="JSON Lines, JSON, CSV, Parquet, text, or a folder of them.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="Folder for accepted.jsonl, rejected.jsonl, report.html and report.json.")],
    checks: Annotated[Path | None, typer.Option(help="File of checks; the usual ones for texts where unset.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="Column of texts, for the usual checks; may be repeated.")
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="RATE", help="End with 4 where fewer rows are good.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes; the machine's cores if unset.")
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="Platform whose workers look at the rows of a file; here if unset.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say of every row whether it is good, and why not.

    Exit code 0: every row could be looked at; 3: some could not be read; 4: fewer are good than --fail-under wants.
    """
    wanted = _wanted(checks, columns)
    with ValidationProgress(is_shown=not quiet and not as_json) as progress:
        if server is None:
            done = validate_file(
                source, out, checks=wanted, at=SYSTEM_CLOCK.now(), processes=processes, on_progress=progress.show
            )
            report, names = done.document, done.names
        else:
            _require_local_free(processes)
            report, names = validate_on_server(server, RemoteOrder(source, out, wanted), progress)
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    elif not quiet:
        print_summary(report, names, out)
    _exit_for(report, fail_under)


def _wanted(checks: Path | None, columns: list[str] | None) -> ChecksFile | None:
    if checks is not None:
        return read_checks(checks)
    return usual_checks(columns) if columns else None


def _require_local_free(processes: int | None) -> None:
    if processes is not None:
        raise invalid_input("--processes is for looking at rows here; leave it out with --server.", field="processes")


def _exit_for(report: Mapping[str, Any], fail_under: float | None) -> None:
    rate = report["accepted"] / report["rows"] if report["rows"] else 0.0
    if fail_under is not None and rate < fail_under:
        typer.echo(f"{rate:.1%} of the rows are good, {fail_under:.1%} are wanted.", err=True)
        sys.exit(ExitCode.LIMIT)
    if report["failed"]:
        sys.exit(ExitCode.FAILED_ROWS)
