"""A few rows of a recipe, each with what was asked for it and what its checks found."""

import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from textnlp.application.preview_rows import draw_sample, preview_rows
from textnlp.bootstrap.recipe_wiring import RecipeOptions
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.open_recipe_run import RecipeOrder, open_recipe_run
from textnlp.cli.progress import ProgressStyle
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.model import CellRecord, DatasetRow, RowFate
from textnlp.domain.topics.tree import TopicTree
from textnlp.settings import Settings

_LONGEST = 2_000
_STYLES = {RowFate.ACCEPTED: "green", RowFate.REJECTED: "yellow", RowFate.FAILED: "red"}


async def make_preview(settings: Settings, order: RecipeOrder, view: RunView, *, count: int) -> list[CandidateRecord]:
    """Make the first candidates of a run, which the run itself then does not ask for again."""
    options = RecipeOptions(uses_cache=order.uses_cache, keeps_messages=True)
    async with open_recipe_run(settings, order, view, folder=None, options=options) as opened:
        sample = await draw_sample(opened.wiring.draws, opened.wiring.resolved.recipe, count=count)
        return await preview_rows(opened.wiring.maker, sample, concurrency=opened.most_concurrent())


async def grow_tree(settings: Settings, order: RecipeOrder, view: RunView) -> TopicTree | None:
    """Grow the tree of topics that a recipe's rows begin with; None where they begin with something else."""
    options = RecipeOptions(uses_cache=order.uses_cache)
    async with open_recipe_run(settings, order, view, folder=None, options=options) as opened:
        return opened.wiring.tree


def show_preview(records: Sequence[CandidateRecord], style: ProgressStyle) -> None:
    """Print rows with their prompts, answers and reasons; as a JSON line each for programs."""
    rows = [row for record in records for row in record.rows]
    if style is ProgressStyle.JSON:
        for row in rows:
            sys.stdout.write(msgspec.json.encode({"id": row.id, **msgspec.to_builtins(row)}).decode() + "\n")
        return
    console = Console()
    for row in rows:
        console.print(_panel(row))
    passed = sum(row.fate is RowFate.ACCEPTED for row in rows)
    console.print(Text(f"{passed:,} of {len(rows):,} rows pass.", style="bold"))


def _panel(row: DatasetRow) -> Panel:
    parts: list[Any] = []
    asked = {cell.column: cell for cell in row.cells}
    values = Table.grid(padding=(0, 2))
    values.add_column(style="bold", no_wrap=True)
    values.add_column(overflow="fold")
    for name, value in row.values.items():
        cell = asked.get(name)
        for message in () if cell is None else cell.messages:
            values.add_row("", Text(f"{message['role']}: {_cut(str(message['content']))}", style="dim"))
        values.add_row(name, Text(_cut(_shown(value))))
        if cell is not None and cell.calls:
            values.add_row("", Text(_call_facts(cell), style="dim italic"))
    parts.append(values)
    parts += [Text(f"{reason.code}: {reason.message}", style=_STYLES[row.fate]) for reason in row.reasons]
    title = Text(f"row {row.id}: {row.fate.value}", style=_STYLES[row.fate])
    return Panel(Group(*parts), title=title, title_align="left", border_style="dim")


def _call_facts(cell: CellRecord) -> str:
    usage = cell.usage
    told = f"{cell.model}, {cell.calls} answers, {usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
    return told + (f", {cell.reused} of them from before" if cell.reused else "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
