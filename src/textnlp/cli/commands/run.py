"""`textnlp run`: a recipe in, a dataset of exactly as many rows as are wanted out."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from textnlp.bootstrap.ready_recipes import read_named_recipe
from textnlp.cli.dataset_folder import DatasetFolder
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.dataset_result import print_finished
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.local_dataset import LocalDataset
from textnlp.cli.named_values import placed_values
from textnlp.cli.open_recipe_run import RecipeOrder
from textnlp.cli.progress import ProgressStyle, progress_style
from textnlp.cli.recipe_estimate import estimate_run, show_estimate
from textnlp.cli.recipe_preview import grow_tree, make_preview, show_preview
from textnlp.cli.run_directory import open_run_directory
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.topic_listing import print_topics
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.settings import Settings, read_settings

_RESUME = "Stopped. Nothing that is finished is lost: run the same command again to go on."

_Result = TypeVar("_Result")


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe's file, or the name of a ready one.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Folder of the dataset; running again with it goes on.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="Accepted rows wanted, in place of the recipe's.")] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value in place of the recipe's.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model of aliases that name none; the embedded one if unset.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint that answers for models.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds the endpoint's key.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=4096, help="Calls in flight at most.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Read and check the recipe, and make nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell tokens, money and time; ask nothing.")] = False,
    estimate_from: Annotated[
        int | None, typer.Option(min=1, max=1_000, metavar="K", help="Make K candidates, and tell from them.")
    ] = None,
    preview: Annotated[
        int | None, typer.Option(min=1, max=1_000, metavar="K", help="Make K candidates and show all of them.")
    ] = None,
    topics_only: Annotated[bool, typer.Option("--topics-only", help="Grow the topics, and make nothing more.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask again what was answered before.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no rows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Progress and result as JSON lines.")] = False,
) -> None:
    """Make a dataset: exactly as many rows as are wanted, checked, versioned and signed.

    Exit code 0: the rows are there; 4: a limit stopped it, what was accepted is written; 130: interrupted, run again
    to go on.
    """
    found, base = read_named_recipe(recipe, sets=placed_values(sets or (), option="--set"))
    found = found.wanting(rows)
    settings = read_settings(
        model=model, base_url=base_url, api_key_env=api_key_env, concurrency=concurrency or found.concurrency
    )
    order = RecipeOrder(recipe=found, base=base, uses_cache=not no_cache)
    style = progress_style(Console(stderr=True), quiet=quiet, as_json=as_json)
    view = RunView(style)
    if check:
        typer.echo(f"{recipe} is a recipe: {len(found.columns)} columns, {found.accept.rows:,} rows wanted.")
    elif topics_only:
        _show_topics(settings, order, view)
    elif dry_run or estimate_from is not None:
        show_estimate(_stoppable(lambda: estimate_run(settings, order, view, probe_rows=estimate_from), view), style)
    elif preview is not None:
        show_preview(_stoppable(lambda: make_preview(settings, order, view, count=preview), view), style)
    else:
        _make(settings, order, _required(out), view, style)


def _make(settings: Settings, order: RecipeOrder, out: Path, view: RunView, style: ProgressStyle) -> None:
    with open_run_directory(out):
        finished = _stoppable(LocalDataset(settings, order, DatasetFolder(out), view).run, view)
    print_finished(finished, style)
    if finished.version.stopped_by is not None:
        sys.exit(ExitCode.LIMIT)


def _show_topics(settings: Settings, order: RecipeOrder, view: RunView) -> None:
    tree = _stoppable(lambda: grow_tree(settings, order, view), view)
    if tree is None:
        raise invalid_input("The recipe's rows do not begin with topics.", field="seeds")
    print_topics(tree)


def _stoppable(work: Callable[[], Awaitable[_Result]], view: RunView) -> _Result:
    """Return what `work` returns; leave with the code for an interruption when it is interrupted."""
    try:
        return run_interruptible(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        view.close()
        view.note(_RESUME)
        sys.exit(ExitCode.INTERRUPTED)
    finally:
        view.close()


def _required(out: Path | None) -> Path:
    if out is None:
        raise TextNLPError(
            "A folder for the dataset is needed.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name one: --out DIR.", field="out"),
        )
    return out
