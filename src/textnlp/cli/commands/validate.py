"""`textnlp validate`: looks at rows of any origin."""

import contextlib
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

import textnlp
from textnlp.application.validate_rows import validate_rows
from textnlp.bootstrap import SYSTEM_CLOCK
from textnlp.bootstrap.validation_wiring import (
    LocalVerdictFiles,
    TemporaryRowSpool,
    find_text_columns,
    looker,
    open_judge,
    open_records,
    ray_cluster,
    read_checks,
    report_page,
    usual_checks,
)
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.validation_listing import ValidationProgress, print_summary
from textnlp.domain.errors import invalid_input
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.record_source import RecordSource
from textnlp.settings import read_settings


class _Engine(StrEnum):
    LOCAL = "local"
    RAY = "ray"


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
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Earlier rows, a file or a folder, which none may repeat; may be repeated."),
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="RATE", help="End with 4 where fewer rows are good.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes; the machine's cores if unset.")
    ] = None,
    engine: Annotated[_Engine, typer.Option(help="This machine, or the machines of a Ray cluster.")] = _Engine.LOCAL,
    ray_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The cluster; one is started here if unset.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say of every row whether it is good, and why not.

    Exit code 0: every row could be looked at; 3: some could not be read; 4: fewer are good than --fail-under wants.
    """
    wanted = _with_earlier(_wanted(source, checks, columns), against or [])
    with ray_cluster(ray_address) if engine is _Engine.RAY else contextlib.nullcontext() as ray:
        summary, report, names = _validated(
            open_records(source, numbers=wanted.number_columns()),
            wanted,
            base=Path() if checks is None else checks.parent,
            out=out,
            processes=processes,
            ray=ray,
            is_shown=not quiet and not as_json,
        )
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    elif not quiet:
        print_summary(summary, names, out)
    _end(summary, fail_under)


def _validated(
    records: RecordSource,
    wanted: ChecksFile,
    *,
    base: Path,
    out: Path,
    processes: int | None,
    ray: Any | None,
    is_shown: bool,
) -> tuple[ValidationSummary, dict[str, Any], Sequence[str]]:
    """Look at all rows, and leave the files in `out`; return the balance, the report and the files' names."""
    told = ValidationReport(wanted)
    with (
        LocalVerdictFiles(out) as files,
        open_judge(wanted, base=base, folder=out, settings=read_settings(), ray=ray) as judge,
        looker(wanted, judge, records, processes=processes, ray=ray) as look,
        TemporaryRowSpool(out) as spool,
        ValidationProgress(is_shown=is_shown) as progress,
    ):
        summary = validate_rows(records, judge, [files, told], spool=spool, look=look, on_progress=progress.show)
        report = {
            "input": records.name,
            "checks": wanted.model_dump(mode="json", by_alias=True, exclude_unset=True),
            **summary.document(),
        }
        generator = f"textnlp {textnlp.__version__}"
        page = report_page(told, name=records.name, at=SYSTEM_CLOCK.now(), generator=generator)
        return summary, report, files.finish(report, page)


def _wanted(source: Path, checks: Path | None, columns: list[str] | None) -> ChecksFile:
    if checks is not None:
        return read_checks(checks)
    return usual_checks(columns or find_text_columns(open_records(source)))


def _end(summary: ValidationSummary, fail_under: float | None) -> None:
    if fail_under is not None and summary.pass_rate < fail_under:
        typer.echo(f"{summary.pass_rate:.1%} of the rows are good, {fail_under:.1%} are wanted.", err=True)
        sys.exit(ExitCode.LIMIT)
    if summary.failed:
        sys.exit(ExitCode.FAILED_ROWS)


def _with_earlier(checks: ChecksFile, against: list[Path]) -> ChecksFile:
    """Let rows repeat none of some files either, wherever the checks lie."""
    if not against:
        return checks
    if checks.duplicates is None:
        raise invalid_input(
            "Rows are compared where `duplicates` says by what: it is not in the checks.", field="--against"
        )
    earlier = [*checks.duplicates.against, *(str(path.absolute()) for path in against)]
    return checks.model_copy(update={"duplicates": checks.duplicates.model_copy(update={"against": earlier})})
