"""`textnlp azure`: the estate as templates of Azure Resource Manager, and what is wrong with them."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.exit_codes import ExitCode
from textnlp.domain.errors import invalid_input
from textnlp.settings import read_settings
from textnlp_infra.checks.estate_check import expanded, find_application_faults, find_faults, templates, types_in
from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import ENVIRONMENTS, Environment, environment
from textnlp_infra.estate import build_estate, write_documents, write_rendered

_NAME = typer.Option("--env", help="One environment; all of them where none is named.")
_HOST = typer.Option(help="Name that callers use, of a domain of your own; of one environment.")
_WITH = typer.Option("--with", help="A service that may be left out: break-glass-routing, vpn. May be repeated.")
_SUFFIX = typer.Option(help="End of names that must be unique on all of Azure: four letters or digits at most.")


def render(
    *,
    env: Annotated[str | None, _NAME] = None,
    out: Annotated[Path, typer.Option(help="Folder to write <environment>/<stack>.json into.")] = Path(
        "infra/rendered"
    ),
    suffix: Annotated[str, _SUFFIX] = "",
    host: Annotated[str, _HOST] = "",
    optional: Annotated[list[str] | None, _WITH] = None,
) -> None:
    """Write the templates, one a stack, with policies and queries beside them; the same input gives the same files."""
    for known in _environments(env, suffix, host, optional or []):
        for path in write_rendered(build_estate(known), out):
            typer.echo(path)
    for path in write_documents(out):
        typer.echo(path)


def check(
    *,
    env: Annotated[str | None, _NAME] = None,
    suffix: Annotated[str, _SUFFIX] = "",
    host: Annotated[str, _HOST] = "",
    optional: Annotated[list[str] | None, _WITH] = None,
    schemas: Annotated[
        Path | None, typer.Option(help="Folder with azure-types/, made from Azure/bicep-types-az; TEXTNLP_SCHEMAS.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check types, references, addresses, exposure and lifetimes of everything; exit code 1 when something is found."""
    folder = schemas or read_settings().schemas
    types = types_in(folder)
    if types is None:
        typer.echo("types are not checked: give --schemas or TEXTNLP_SCHEMAS a folder with azure-types/", err=True)
    today = SYSTEM_CLOCK.now().date()
    findings: dict[str, list[Finding]] = {}
    for known in _environments(env, suffix, host, optional or []):
        graph = expanded(templates(known), known, today)
        findings[known.name] = [*find_faults(graph, types), *find_application_faults(known, folder)]
        if not as_json:
            _print(known.name, len(graph.resources), findings[known.name])
    if as_json:
        document = {name: [finding.as_document() for finding in faults] for name, faults in findings.items()}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    if any(findings.values()):
        sys.exit(ExitCode.ERROR)


def _environments(name: str | None, suffix: str, host: str, optional: Sequence[str]) -> Sequence[Environment]:
    if host and name is None:
        raise invalid_input("--host is the name of one environment; give --env, too")
    names = [name] if name else [known.name for known in ENVIRONMENTS]
    return [environment(each, suffix=suffix, host=host, optional_services=optional) for each in names]


def _print(name: str, count: int, findings: Sequence[Finding]) -> None:
    for finding in findings:
        typer.echo(f"{finding.where}\n  {finding.what}\n  {finding.advice}")
    typer.echo(f"{name}: {count} resources, {len(findings)} findings")
