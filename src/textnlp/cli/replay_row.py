"""A row of a dataset, made once more from its recipe."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.application.make_rows import Candidate
from textnlp.bootstrap.dataset_wiring import find_row, find_version
from textnlp.bootstrap.recipe_wiring import RecipeOptions, recipe_of
from textnlp.cli.dataset_folder import DatasetFolder
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.open_recipe_run import RecipeOrder, open_recipe_run
from textnlp.cli.progress import ProgressStyle
from textnlp.domain.datasets.layout import RECIPE
from textnlp.domain.datasets.model import DatasetRow
from textnlp.domain.datasets.stored import StoredRow
from textnlp.domain.datasets.written_columns import column_key
from textnlp.domain.errors import not_found
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.settings import Settings

_LONGEST_VALUE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedRow:
    """A row as it is stored and as it was made again.

    Attributes:
        differing: columns whose values are not the same.
    """

    stored: StoredRow
    made: DatasetRow
    differing: tuple[str, ...]


async def replay_row(settings: Settings, directory: Path, *, row_id: str, version: str | None) -> ReplayedRow:
    """Make a row again without what is kept of answers, and compare it with the stored one.

    With an engine that is deterministic it is the same. Raises `NOT_FOUND` for a row that is not there, or that the
    recipe does not give any more.
    """
    folder = find_version(directory, version=version)
    stored = find_row(folder, row_id=row_id)
    recipe = recipe_of((folder / RECIPE).read_bytes())
    order = RecipeOrder(recipe=recipe, base=DatasetFolder(directory).base() or Path.cwd(), uses_cache=False)
    options = RecipeOptions(uses_cache=False)
    async with open_recipe_run(settings, order, RunView(ProgressStyle.QUIET), folder=None, options=options) as opened:
        row = stored.row
        (start,) = await opened.wiring.draws.draw(row.candidate, 1)
        cells = {
            name: row.values[column_key(name)]
            for name, column in recipe.columns.items()
            if isinstance(column, QuotaColumn)
        }
        candidate = Candidate(number=row.candidate, values={**start.values, **cells}, seed=start.seed)
        record = await opened.wiring.maker.make(candidate)
    made = next((each for each in record.rows if each.item == row.item), None)
    if made is None:
        raise not_found(f"Candidate {row.candidate} gives no row {row.id} any more.")
    again = {column_key(name): value for name, value in made.values.items()}
    differing = tuple(name for name, value in stored.row.values.items() if again.get(name) != value)
    return ReplayedRow(stored=stored, made=made, differing=differing)


def show_replay(replayed: ReplayedRow, *, as_json: bool) -> None:
    """Print whether a row came out the same, and what differs."""
    row = replayed.stored.row
    again = {column_key(name): value for name, value in replayed.made.values.items()}
    if as_json:
        document = {
            "id": row.id,
            "is_same": not replayed.differing,
            "differing": list(replayed.differing),
            "stored": dict(row.values),
            "made": again,
        }
        sys.stdout.write(json.dumps(document) + "\n")
        return
    console = Console()
    if not replayed.differing:
        console.print(Text(f"Row {row.id} came out the same: {len(row.values)} columns.", style="green"))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("column", "stored", "made again"):
        table.add_column(title, overflow="fold")
    for name in replayed.differing:
        table.add_row(Text(name), Text(_shown(row.values[name])), Text(_shown(again.get(name))))
    console.print(
        Text(f"Row {row.id} differs in {len(replayed.differing)} of {len(row.values)} columns.", style="yellow")
    )
    console.print(table)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
