"""`textnlp doctor`: what this machine has, what works, and what to do about what does not."""

import asyncio
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.application.examine_machine import Finding, FindingState, examine_machine
from textnlp.bootstrap.machine_probes import machine_probes
from textnlp.cli.exit_codes import ExitCode
from textnlp.settings import read_settings

_MARKS = {
    FindingState.OK: ("ok", "green"),
    FindingState.PROBLEM: ("problem", "red"),
}


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check Python, cores, memory, folders, model, database and endpoint; exit code 1 when something is wrong."""
    findings = asyncio.run(examine_machine(machine_probes(read_settings())))
    if as_json:
        sys.stdout.write(json.dumps([finding.as_document() for finding in findings], indent=1) + "\n")
    else:
        Console().print(_drawn(findings))
    if any(finding.state is FindingState.PROBLEM for finding in findings):
        sys.exit(ExitCode.ERROR)


def _drawn(findings: list[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        mark, style = _MARKS[finding.state]
        told = Text(finding.told)
        if finding.advice:
            told.append(f"\n{finding.advice}", style="cyan")
        table.add_row(Text(mark, style=style), Text(finding.subject, style="bold"), told)
    return table
