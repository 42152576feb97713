"""`textnlp dataset …` against a running platform: submit, status, watch, pause, resume, cancel, extend, download."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.ready_recipes import read_named_recipe
from textnlp.bootstrap.recipe_wiring import recipe_document
from textnlp.cli.dataset_progress import RunView
from textnlp.cli.download_dataset import download_version
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.named_values import placed_values
from textnlp.cli.progress import progress_style
from textnlp.cli.remote_dataset import follow_dataset, print_dataset, print_datasets
from textnlp.cli.server_client import call_server
from textnlp.client import AsyncClient
from textnlp.client.datasets import DatasetCreate, DatasetExtend
from textnlp.domain.errors import not_found

_Id = Annotated[
    str, typer.Argument(metavar="ID", help="The dataset, as `dataset submit` and `dataset status` name it.")
]
_Server = Annotated[str | None, typer.Option(help="Address of the platform; TEXTNLP_SERVER, or this machine.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def submit(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe's file, or the name of a ready one.")],
    *,
    rows: Annotated[int | None, typer.Option(min=1, help="Accepted rows wanted, in place of the recipe's.")] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value in place of the recipe's.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model of aliases that name none; the platform's default.")] = None,
    is_watched: Annotated[bool, typer.Option("--watch/--no-watch", help="Follow the dataset until it ends.")] = False,
    server: _Server = None,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Send a recipe to a running platform, which makes its rows; prints the dataset's id.

    With --watch the exit code is that of `dataset watch`.
    """
    found, _ = read_named_recipe(recipe, sets=placed_values(sets or (), option="--set"))
    asked = DatasetCreate(recipe=dict(recipe_document(found)), rows=rows, model=model)
    dataset = call_server(server, lambda client: client.datasets.submit(asked))
    if is_watched:
        watch(dataset.id, server=server, quiet=quiet, as_json=as_json)
    elif as_json:
        print_dataset(dataset, as_json=True)
    else:
        sys.stdout.write(dataset.id + "\n")
        if not quiet:
            typer.echo(f"Follow it with: textnlp dataset watch {dataset.id}", err=True)


def status(
    dataset_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The dataset; all, where left out.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Datasets at most.")] = 20,
    tag: Annotated[str | None, typer.Option(help="Those that have this tag.")] = None,
    license_name: Annotated[str | None, typer.Option("--license", help="Those under this license.")] = None,
    text: Annotated[str | None, typer.Option(help="Those with it in name or description.")] = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Show a dataset of a platform with the balance of its rows, or list the newest ones."""
    if dataset_id is None:
        page = call_server(
            server, lambda client: client.datasets.list(limit=limit, tag=tag, license_=license_name, text=text)
        )
        print_datasets(page.datasets, as_json=as_json)
    else:
        print_dataset(call_server(server, lambda client: client.datasets.show(dataset_id)), as_json=as_json)


def watch(dataset_id: _Id, *, server: _Server = None, quiet: _Quiet = False, as_json: _Json = False) -> None:
    """Follow a dataset until it ends.

    Exit code 0: the rows are there; 4: a limit stopped it, what was accepted is a version; 1: it failed or was
    cancelled; 130: interrupted, the dataset goes on.
    """
    view = RunView(progress_style(Console(stderr=True), quiet=quiet, as_json=as_json))
    try:
        dataset = call_server(server, lambda client: follow_dataset(client, dataset_id, view, clock=SYSTEM_CLOCK))
    except KeyboardInterrupt:
        view.close()
        view.note(f"The dataset goes on; come back to it with: textnlp dataset watch {dataset_id}")
        sys.exit(ExitCode.INTERRUPTED)
    finally:
        view.close()
    if as_json or not quiet:
        print_dataset(dataset, as_json=as_json)
    if dataset.state != "completed":
        sys.exit(ExitCode.LIMIT if dataset.state == "stopped" else ExitCode.ERROR)


def pause(dataset_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Let nothing more of a dataset be begun."""
    print_dataset(call_server(server, lambda client: client.datasets.pause(dataset_id)), as_json=as_json)


def resume(dataset_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Go on with a dataset that is paused or has failed."""
    print_dataset(call_server(server, lambda client: client.datasets.resume(dataset_id)), as_json=as_json)


def cancel(dataset_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Give a dataset up; versions that it has left stay."""
    print_dataset(call_server(server, lambda client: client.datasets.cancel(dataset_id)), as_json=as_json)


def extend(
    dataset_id: _Id,
    *,
    rows: Annotated[int, typer.Option(min=1, help="Rows that come to those that are there.")],
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Make more rows for a dataset that has ended, as its next version."""
    asked = DatasetExtend(rows=rows)
    print_dataset(call_server(server, lambda client: client.datasets.extend(dataset_id, asked)), as_json=as_json)


def download(
    dataset_id: _Id,
    *,
    out: Annotated[Path, typer.Option(help="Folder of the dataset; the version is a folder in it.")],
    version: Annotated[
        str, typer.Option(help="Number or tag of the version; the current one where unset.")
    ] = "current",
    server: _Server = None,
) -> None:
    """Fetch a version of a dataset with all its files, and verify it."""

    async def fetch(client: AsyncClient) -> Path:
        dataset = await client.datasets.show(dataset_id)
        if not dataset.versions:
            raise not_found(f"{dataset.id} is {dataset.state} and has no version yet.")
        held = await client.datasets.show_version(dataset_id, version)
        return await download_version(client, dataset_id, held.version, out)

    typer.echo(call_server(server, fetch))
