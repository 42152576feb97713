"""`textnlp validate`: looks at rows of any origin."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import textnlp
from textnlp.application.validate_rows import RowJudge, validate_rows
from textnlp.bootstrap import SYSTEM_CLOCK
from textnlp.bootstrap.validation_wiring import (
    LocalVerdictFiles,
    find_text_columns,
    looker,
    open_records,
    outside_of,
    read_checks,
    report_page,
    usual_checks,
)
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.validation_listing import ValidationProgress, print_summary
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.settings import read_settings


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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say of every row whether it is good, and why not.

    Exit code 0: every row could be looked at; 3: some could not be read; 4: fewer are good than --fail-under wants.
    """
    wanted = _wanted(source, checks, columns)
    records = open_records(source, numbers=wanted.number_columns())
    with contextlib.ExitStack() as stack:
        judge = RowJudge(wanted, outside=stack.enter_context(outside_of(wanted, read_settings())))
        files = stack.enter_context(LocalVerdictFiles(out))
        look = stack.enter_context(looker(wanted, records, processes=processes))
        progress = stack.enter_context(ValidationProgress(is_shown=not quiet and not as_json))
        told = ValidationReport(wanted)
        summary = validate_rows(records, judge, files, look=look, report=told, on_progress=progress.show)
        report = {
            "input": records.name,
            "checks": wanted.model_dump(mode="json", by_alias=True, exclude_unset=True),
            **summary.document(),
        }
        generator = f"textnlp {textnlp.__version__}"
        page = report_page(told, name=records.name, at=SYSTEM_CLOCK.now(), generator=generator)
        names = files.finish(report, page)
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    elif not quiet:
        print_summary(summary, names, out)
    if fail_under is not None and summary.pass_rate < fail_under:
        typer.echo(f"{summary.pass_rate:.1%} of the rows are good, {fail_under:.1%} are wanted.", err=True)
        sys.exit(ExitCode.LIMIT)
    if summary.failed:
        sys.exit(ExitCode.FAILED_ROWS)


def _wanted(source: Path, checks: Path | None, columns: list[str] | None) -> ChecksFile:
    if checks is not None:
        return read_checks(checks)
    return usual_checks(columns or find_text_columns(open_records(source)))
