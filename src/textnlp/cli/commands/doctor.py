"""`textnlp doctor`: what this machine has, what works, and what to do about what does not."""

import asyncio
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from textnlp.application.examine_machine import Finding, FindingState, examine_machine
from textnlp.application.inspect_platform import inspect_platform
from textnlp.bootstrap.inspection_wiring import open_inspection
from textnlp.bootstrap.machine_probes import machine_probes
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.inspection_listing import inspection_table
from textnlp.domain.inspection.model import Inspected
from textnlp.settings import Settings, read_settings

_MARKS = {
    FindingState.OK: ("ok", "green"),
    FindingState.PROBLEM: ("problem", "red"),
}


def doctor(
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help="Check instead that all that is stored holds together; changes nothing.")
    ] = False,
    sample: Annotated[
        int, typer.Option(min=0, help="With --deep: result files whose bytes are read and hashed; 0 for all.")
    ] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check Python, cores, memory, folders, model, database and endpoint; exit code 1 when something is wrong.

    With --deep look over database, blobs and datasets instead, of a platform that may be running.
    """
    settings = read_settings()
    if deep:
        _inspect(settings, sample=sample or None, as_json=as_json)
        return
    findings = asyncio.run(examine_machine(machine_probes(settings)))
    if as_json:
        sys.stdout.write(json.dumps([finding.as_document() for finding in findings], indent=1) + "\n")
    else:
        Console().print(_drawn(findings))
    if any(finding.state is FindingState.PROBLEM for finding in findings):
        sys.exit(ExitCode.ERROR)


def _inspect(settings: Settings, *, sample: int | None, as_json: bool) -> None:
    results = asyncio.run(_inspected(settings, sample=sample))
    if as_json:
        sys.stdout.write(json.dumps([result.as_document() for result in results], indent=1) + "\n")
    else:
        Console().print(inspection_table(results))
    if any(result.fault_count for result in results):
        sys.exit(ExitCode.ERROR)


async def _inspected(settings: Settings, *, sample: int | None) -> list[Inspected]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} looked at"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def show(subject: str, looked_at: int) -> None:
            progress.update(task, description=subject, completed=looked_at)

        async with open_inspection(settings) as ports:
            return await inspect_platform(ports, sampled_blobs=sample, on_progress=show)


def _drawn(findings: list[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        mark, style = _MARKS[finding.state]
        told = Text(finding.told)
        if finding.advice:
            told.append(f"\n{finding.advice}", style="cyan")
        table.add_row(Text(mark, style=style), Text(finding.subject, style="bold"), told)
    return table
