"""`textnlp run`: a recipe in, a dataset of exactly as many rows as are wanted out."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.bootstrap.recipe_wiring import read_recipe
from textnlp.cli.dataset_folder import DatasetFolder
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.dataset_result import print_finished
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.local_dataset import DatasetOrder, LocalDataset
from textnlp.cli.progress import ProgressStyle
from textnlp.cli.run_directory import open_run_directory
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import Recipe
from textnlp.settings import Settings, read_settings

_RESUME = "Stopped. Nothing that is finished is lost: run the same command again to go on."


def run(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe's file.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Folder of the dataset; running again with it goes on.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="Accepted rows wanted, in place of the recipe's.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Model of aliases that name none; the embedded one if unset.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint that answers for models.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds the endpoint's key.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=4096, help="Calls in flight at most.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Read and check the recipe, and make nothing.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask again what was answered before.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no rows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Progress and result as JSON lines.")] = False,
) -> None:
    """Make a dataset: exactly as many rows as are wanted, checked, versioned and signed.

    Exit code 0: the rows are there; 4: a limit stopped it, what was accepted is written; 130: interrupted, run again
    to go on.
    """
    found = _with_rows(read_recipe(recipe), rows)
    if check:
        typer.echo(f"{recipe} is a recipe: {len(found.columns)} columns, {found.accept.rows:,} rows wanted.")
        return
    if out is None:
        raise TextNLPError(
            "A folder for the dataset is needed.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name one: --out DIR.", field="out"),
        )
    settings = read_settings(
        model=model, base_url=base_url, api_key_env=api_key_env, concurrency=concurrency or found.concurrency
    )
    order = DatasetOrder(recipe=found, base=recipe.resolve().parent, uses_cache=not no_cache)
    _run(settings, order, out, style=_style(quiet=quiet, as_json=as_json))


def _run(settings: Settings, order: DatasetOrder, out: Path, *, style: ProgressStyle) -> None:
    view = RunView(style)
    with open_run_directory(out):
        try:
            finished = run_interruptible(LocalDataset(settings, order, DatasetFolder(out), view).run)
        except (KeyboardInterrupt, asyncio.CancelledError):
            view.close()
            view.note(_RESUME)
            sys.exit(ExitCode.INTERRUPTED)
        finally:
            view.close()
    print_finished(finished, style)
    if finished.version.stopped_by is not None:
        sys.exit(ExitCode.LIMIT)


def _with_rows(recipe: Recipe, rows: int | None) -> Recipe:
    if rows is None:
        return recipe
    return recipe.model_copy(update={"accept": recipe.accept.model_copy(update={"rows": rows})})


def _style(*, quiet: bool, as_json: bool) -> ProgressStyle:
    if as_json:
        return ProgressStyle.JSON
    if quiet:
        return ProgressStyle.QUIET
    return ProgressStyle.LIVE if Console(stderr=True).is_terminal else ProgressStyle.PLAIN
