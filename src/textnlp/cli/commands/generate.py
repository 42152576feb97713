"""`textnlp generate`: one completion, from the embedded model, an endpoint, or a running platform."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.bootstrap.platform import default_model
from textnlp.cli.local_generate import GenerateOrder, generate_local
from textnlp.cli.progress import ProgressStyle, open_view
from textnlp.cli.prompt_text import prompt_of
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.schema_file import read_schema
from textnlp.domain.filter_verdict import told_stopped
from textnlp.domain.generation.model import Completion, FinishReason, Parameters
from textnlp.settings import Settings, read_settings


def generate(
    prompt: Annotated[str | None, typer.Argument(help="What to write; - reads it from standard input.")] = None,
    *,
    template: Annotated[Path | None, typer.Option(help="File with a prompt that has {{ variables }} in it.")] = None,
    var: Annotated[list[str] | None, typer.Option(help="NAME=VALUE for the template; may come more than once.")] = None,
    system: Annotated[str | None, typer.Option(help="System prompt.")] = None,
    model: Annotated[str | None, typer.Option(help="Model to ask; the embedded one where none is named.")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds its key.")] = None,
    server: Annotated[str | None, typer.Option(help="Ask the platform at this address instead.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Completion tokens at most.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="Sampling temperature.")] = None,
    seed: Annotated[int | None, typer.Option(help="Sampling seed.")] = None,
    schema: Annotated[Path | None, typer.Option(help="JSON Schema that the answer must satisfy.")] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Print the answer as it is written.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print text, usage and finish reason as JSON.")] = False,
) -> None:
    """Write one completion and print it."""
    settings = read_settings(model=model, base_url=base_url, api_key_env=api_key_env, server=server)
    order = GenerateOrder(
        prompt=prompt_of(prompt, template=template, variables=var or ()),
        system=system,
        model=model or ("" if settings.server else default_model(settings)),
        parameters=Parameters(max_tokens=max_tokens, temperature=temperature, seed=seed),
        response_schema=read_schema(schema),
        is_streamed=stream and not as_json,
    )
    _print(_written(settings, order), order, as_json=as_json)


def _written(settings: Settings, order: GenerateOrder) -> Completion:
    if settings.server:
        from textnlp.cli.remote_generate import generate_remote  # noqa: PLC0415  only servers need the client

        return run_interruptible(lambda: generate_remote(settings, order))
    view = open_view(ProgressStyle.PLAIN, Console(stderr=True))
    return run_interruptible(lambda: generate_local(settings, order, view))


def _print(completion: Completion, order: GenerateOrder, *, as_json: bool) -> None:
    if as_json:
        document = {**dataclasses.asdict(completion), "finish_reason": completion.finish_reason.value}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    elif not order.is_streamed or order.response_schema is not None:
        sys.stdout.write(completion.text.strip() + "\n")
    if completion.finish_reason is FinishReason.LENGTH and not as_json:
        typer.secho("The answer was cut at the token limit; --max-tokens raises it.", err=True, dim=True)
    if completion.finish_reason is FinishReason.CONTENT_FILTER and not as_json:
        stopped = told_stopped(completion.verdicts) or "a reason that it does not tell"
        typer.secho(f"The provider's content filter cut the answer for {stopped}.", err=True, dim=True)
