"""`textnlp recipe …`: the recipes that come with the package, and the form of all."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.bootstrap.ready_recipes import find_ready_recipe, ready_recipes, recipe_schema, settings_of_file

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_recipes(*, as_json: _Json = False) -> None:
    """List the recipes that `textnlp run` knows by name, and what each makes."""
    found = ready_recipes()
    if as_json:
        sys.stdout.write(json.dumps([{"name": each.name, "summary": each.summary} for each in found]) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("recipe", no_wrap=True)
    table.add_column("makes")
    for each in found:
        table.add_row(Text(each.name, style="bold"), Text(each.summary))
    Console().print(table)


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A recipe that comes with the package.")],
    *,
    as_json: _Json = False,
) -> None:
    """Print a recipe as it is, a start for one of your own; with --json, what can be set in it."""
    found = find_ready_recipe(name)
    if not as_json:
        sys.stdout.write(found.path.read_text(encoding="utf-8"))
        return
    settings = [
        {"name": each.name, "place": each.place, "default": each.default} for each in settings_of_file(found.path)
    ]
    document = {"name": found.name, "summary": found.summary, "method": found.story, "settings": settings}
    sys.stdout.write(json.dumps(document) + "\n")


def schema() -> None:
    """Print the JSON Schema of recipes, for editors."""
    sys.stdout.write(json.dumps(recipe_schema(), indent=1) + "\n")
