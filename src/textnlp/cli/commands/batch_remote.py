"""`textnlp batch …` against a running platform: submit, list, status, watch, cancel, retry, download."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from textnlp.bootstrap.checks_document import read_checks
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.batch_listing import print_batch, print_batches
from textnlp.cli.download_batch import download_batch
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.follow_batch import follow_batch
from textnlp.cli.progress import open_view, progress_style
from textnlp.cli.remote_batch import newest_batches, read_batch, submit_batch
from textnlp.cli.results import print_result
from textnlp.cli.schema_file import read_schema
from textnlp.cli.server_client import call_server
from textnlp.client.batches import BatchCreate
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES

_Id = Annotated[str, typer.Argument(metavar="ID", help="The batch, as `batch submit` and `batch list` name it.")]
_Server = Annotated[str | None, typer.Option(help="Address of the platform; TEXTNLP_SERVER, or this machine.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def submit(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="JSON, JSON Lines, text, CSV or Parquet of prompts.")],
    *,
    model: Annotated[str | None, typer.Option(help="Model to ask; the platform's default where none is named.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Completion tokens at most.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="Sampling temperature, likewise.")] = None,
    seed: Annotated[int | None, typer.Option(help="Sampling seed, likewise.")] = None,
    schema: Annotated[Path | None, typer.Option(help="JSON Schema that every answer must satisfy.")] = None,
    checks: Annotated[
        Path | None, typer.Option(help="File of checks that the answers are looked at for; the usual ones where unset.")
    ] = None,
    is_watched: Annotated[bool, typer.Option("--watch/--no-watch", help="Follow the batch until it ends.")] = False,
    server: _Server = None,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Send a file of prompts to a running platform; prints the batch's id.

    With --watch the exit code is that of `batch watch`.
    """
    document = read_schema(schema)
    form = BatchCreate(
        model=model,
        max_tokens=max_tokens,
        temperature=temperature,
        seed=seed,
        schema=None if document is None else msgspec.json.encode(document).decode(),
        checks=None if checks is None else read_checks(checks).model_dump_json(by_alias=True, exclude_unset=True),
    )
    batch = call_server(server, lambda client: submit_batch(client, source, form))
    if is_watched:
        watch(batch.id, server=server, quiet=quiet, as_json=as_json)
    elif as_json:
        print_batch(batch, as_json=True)
    else:
        sys.stdout.write(batch.id + "\n")
        if not quiet:
            typer.echo(f"Follow it with: textnlp batch watch {batch.id}", err=True)


def list_batches(
    *,
    limit: Annotated[int, typer.Option(min=1, help="Batches at most.")] = 20,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """List batches, newest first."""
    print_batches(call_server(server, lambda client: newest_batches(client, limit=limit)), as_json=as_json)


def status(batch_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Show one batch and the balance of its rows."""
    print_batch(read_batch(call_server(server, lambda client: client.batches.show(batch_id))), as_json=as_json)


def watch(batch_id: _Id, *, server: _Server = None, quiet: _Quiet = False, as_json: _Json = False) -> None:
    """Follow a batch until it ends.

    Exit code 0: every row is accounted for and none failed; 3: some failed; 1: it ended with rows not asked; 130:
    interrupted, the batch goes on.
    """
    console = Console(stderr=True)
    view = open_view(progress_style(console, quiet=quiet, as_json=as_json), console)
    try:
        batch = call_server(server, lambda client: follow_batch(client, batch_id, view, clock=SYSTEM_CLOCK))
    except KeyboardInterrupt:
        view.close()
        if not quiet:
            view.note(f"The batch goes on; come back to it with: textnlp batch watch {batch_id}")
        sys.exit(ExitCode.INTERRUPTED)
    finally:
        view.close()
    if as_json or not quiet:
        print_batch(batch, as_json=as_json)
    _exit_for(batch)


def cancel(batch_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Stop a batch; what is done is kept and can be downloaded."""
    print_batch(read_batch(call_server(server, lambda client: client.batches.cancel(batch_id))), as_json=as_json)


def retry(batch_id: _Id, *, server: _Server = None, as_json: _Json = False) -> None:
    """Ask the failed and the unasked rows of a batch that has ended once more."""
    print_batch(read_batch(call_server(server, lambda client: client.batches.retry(batch_id))), as_json=as_json)


def download(
    batch_id: _Id,
    *,
    out: Annotated[Path, typer.Option(help="Folder for the files; made where it is missing.")],
    server: _Server = None,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Fetch the files of a batch that has ended, and check them against its manifest.

    They are the files that `batch run` leaves. Exit codes as for `batch watch`.
    """
    batch = call_server(server, lambda client: download_batch(client, batch_id, out))
    print_result(batch, out, progress_style(Console(), quiet=quiet, as_json=as_json))
    _exit_for(batch)


def _exit_for(batch: Batch) -> None:
    """Leave with the code that tells scripts how a batch ended."""
    counts = batch.counts
    if batch.state not in TERMINAL_STATES or counts.pending:
        sys.exit(ExitCode.ERROR)
    if counts.failed or counts.rejected:
        sys.exit(ExitCode.FAILED_ROWS)
    if batch.state is not BatchState.COMPLETED:
        sys.exit(ExitCode.ERROR)
