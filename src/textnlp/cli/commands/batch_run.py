"""`textnlp batch run`: a file of prompts in, a folder of checked files out."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.local_batch import BatchOrder, LocalBatch
from textnlp.cli.progress import ProgressStyle, open_view, progress_style
from textnlp.cli.results import print_result
from textnlp.cli.run_directory import open_run_directory
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.schema_file import read_schema
from textnlp.domain.generation.model import Parameters
from textnlp.settings import Settings, read_settings

_RESUME = "Stopped. Nothing that is finished is lost: run the same command again to go on."


def batch_run(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="JSON, JSON Lines, text, CSV or Parquet of prompts.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the results; running again with it resumes.")],
    model: Annotated[str | None, typer.Option(help="Model to ask; the embedded one where none is named.")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible endpoint, such as http://host:8000/v1.")
    ] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds the endpoint's key.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=4096, help="Calls in flight at most.")] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="Calls begun in a minute at most.")] = None,
    tokens_per_minute: Annotated[int | None, typer.Option(min=1, help="Tokens in a minute at most.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Completion tokens at most.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="Sampling temperature, likewise.")] = None,
    seed: Annotated[int | None, typer.Option(help="Sampling seed, likewise.")] = None,
    schema: Annotated[Path | None, typer.Option(help="JSON Schema that every answer must satisfy.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one call may take.")] = 120.0,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Ask failed rows again.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Forget what is in the folder and start over.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no answers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Progress and result as JSON lines.")] = False,
) -> None:
    """Answer every prompt of INPUT and leave a complete, checked set of files in a folder.

    Needs no server, no key and no network with the embedded model. Exit code 0: every row is accounted for and none
    failed; 3: some failed, see errors.jsonl; 130: interrupted, run again to resume.
    """
    settings = read_settings(model=model, base_url=base_url, api_key_env=api_key_env, concurrency=concurrency)
    order = BatchOrder(
        source=source,
        parameters=Parameters(max_tokens=max_tokens, temperature=temperature, seed=seed),
        response_schema=read_schema(schema),
        timeout_seconds=timeout,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        retry_failed=retry_failed,
        restart=restart,
    )
    _run(settings, order, out, style=progress_style(Console(stderr=True), quiet=quiet, as_json=as_json))


def _run(settings: Settings, order: BatchOrder, out: Path, *, style: ProgressStyle) -> None:
    """Run the batch in its folder and end the process with the code that says how it went."""
    view = open_view(style, Console(stderr=True))
    with open_run_directory(out) as directory:
        try:
            batch = run_interruptible(LocalBatch(settings, order, directory, view).run)
        except (KeyboardInterrupt, asyncio.CancelledError):
            view.close()
            view.note(_RESUME)
            sys.exit(ExitCode.INTERRUPTED)
        finally:
            view.close()
        print_result(batch, out, style)
    if batch.counts.failed or batch.counts.rejected:
        sys.exit(ExitCode.FAILED_ROWS)
    if batch.counts.pending:
        sys.exit(ExitCode.ERROR)
