"""Shows what Azure has beside what is declared."""

import json
import sys
from collections.abc import Sequence

import typer

from textnlp_infra.deploy.comparison import Comparison

_LONGEST_VALUE = 80


def print_comparisons(told: Sequence[Comparison], *, as_json: bool) -> None:
    """Print comparisons for people, or as JSON."""
    if as_json:
        sys.stdout.write(json.dumps([comparison.as_document() for comparison in told], indent=1) + "\n")
        return
    for comparison in told:
        if comparison.waits:
            typer.echo(f"{comparison.stack}: Azure cannot tell before {comparison.waits} is deployed")
            continue
        for change in comparison.changes:
            typer.echo(f"{comparison.stack}: {change.kind} {change.resource_id}")
            for item in change.properties:
                typer.echo(f"  {item.path}: {_short(item.before)} on Azure, {_short(item.after)} in the template")
        for resource_id in comparison.untold:
            typer.echo(f"{comparison.stack}: Azure cannot tell of {resource_id}")
        typer.echo(f"{comparison.stack}: {len(comparison.changes)} to change, {comparison.unchanged} as they are")


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
