"""`textnlp model register`, `promote` and `verify`: versions of models that this platform keeps."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from textnlp.application.model_registry import ModelDraft, ModelRegistry
from textnlp.bootstrap.model_wiring import file_sources, open_model_registry
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import invalid_input
from textnlp.domain.registry.model import ModelOrigin, ModelStage, RegisteredModel
from textnlp.settings import read_settings

_Result = TypeVar("_Result")
_DataDir = Annotated[Path | None, typer.Option(help="Folder of database and blobs.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the version as JSON.")]
_Reference = Annotated[str, typer.Argument(metavar="NAME@VERSION", help="Which version.")]


def register(
    name: Annotated[str, typer.Argument(help="Name of the model; versions are counted.")],
    files: Annotated[list[Path], typer.Argument(help="Its files, or a folder of them.")],
    *,
    origin: Annotated[ModelOrigin, typer.Option(help="Where the weights are from.")] = ModelOrigin.FINE_TUNED,
    based_on: Annotated[str, typer.Option("--base", help="The model that it was tuned from.")] = "",
    description: Annotated[str, typer.Option(help="What it is, in a sentence.")] = "",
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Store files as the next version of a model, with their hashes; it begins as a candidate."""
    draft = ModelDraft(name=name, origin=origin, base=based_on, description=description)
    sources = file_sources(files)
    _show(_asked(data_dir, lambda registry: registry.register(draft, sources)), as_json=as_json)


def promote(
    reference: _Reference,
    stage: Annotated[ModelStage, typer.Argument(help="Where it goes.")],
    *,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Let a version go to a stage, once its files were found to be what was registered.

    From candidate to staging, from there to production; the version that was in production before is retired.
    """
    name, version = parse_model_reference(reference)
    _show(_asked(data_dir, lambda registry: registry.promote(name, version, stage=stage)), as_json=as_json)


def verify(reference: _Reference, *, data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Read all files of a version, and say whether they are what was registered."""
    name, version = parse_model_reference(reference)

    async def verified(registry: ModelRegistry) -> RegisteredModel:
        model = await registry.find(name, version)
        await registry.verify(model)
        return model

    _show(_asked(data_dir, verified), as_json=as_json)


def show_registered(*, data_dir: Path | None = None, as_json: bool = False) -> None:
    """Print all registered versions."""
    models = _asked(data_dir, lambda registry: registry.models())
    if as_json:
        sys.stdout.write(json.dumps([_facts(model) for model in models]) + "\n")
        return
    table = Table("model", "stage", "origin", "bytes", "created", box=None)
    for model in models:
        size = sum(file.size_bytes for file in model.files)
        created = model.created_at.isoformat(timespec="seconds")
        table.add_row(model.reference, model.stage, model.origin, f"{size:,}", created)
    Console().print(table)


def parse_model_reference(text: str) -> tuple[str, int]:
    """Return the name and the version that `name@version` says; raise `INVALID_INPUT` where it says none."""
    name, separator, version = text.rpartition("@")
    if not separator or not version.isdecimal():
        raise invalid_input(f"{text!r} names no version of a model; write NAME@VERSION, as in tuned@3.", field="model")
    return name, int(version)


def _asked(data_dir: Path | None, ask: Callable[[ModelRegistry], Awaitable[_Result]]) -> _Result:
    settings = read_settings(data_dir=data_dir)

    async def asked() -> _Result:
        async with open_model_registry(settings) as registry:
            return await ask(registry)

    return run_interruptible(asked)


def _facts(model: RegisteredModel) -> dict[str, object]:
    return {"reference": model.reference, **msgspec.to_builtins(model)}


def _show(model: RegisteredModel, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(_facts(model)) + "\n")
        return
    sys.stdout.write(f"{model.reference}  {model.stage}\n")
    for file in model.files:
        sys.stdout.write(f"  {file.sha256}  {file.size_bytes:,}  {file.name}\n")
