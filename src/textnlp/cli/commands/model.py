"""`textnlp model`: the models that can be asked."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from textnlp.bootstrap import SCRIPTED_MODEL, default_model, model_store, open_engines
from textnlp.cli.model_progress import pull_with_bar
from textnlp.cli.run_loop import run_interruptible
from textnlp.settings import Settings, read_settings
from textnlp.topology.models import EMBEDDED_MODEL


def pull() -> None:
    """Fetch the embedded model into the cache folder, once; TEXTNLP_MODEL_FILE names another GGUF file instead."""
    settings = read_settings()
    found = model_store(settings).find(EMBEDDED_MODEL)
    if found is None:
        run_interruptible(lambda: pull_with_bar(settings))
        found = model_store(settings).find(EMBEDDED_MODEL)
    sys.stdout.write(f"{found}\n")


def list_models(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the models by name, where each runs, and whether it is there."""
    settings = read_settings()
    rows = [{"model": name, **_whereabouts(settings, name)} for name in open_engines(settings).names]
    if settings.base_url:
        rows.append({"model": settings.model or "any", "runs": settings.base_url, "file": ""})
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    table = Table("model", "runs", "file", box=None)
    for row in rows:
        is_default = row["model"] == default_model(settings)
        table.add_row(*row.values(), style="bold" if is_default else None)
    Console().print(table)


def _whereabouts(settings: Settings, name: str) -> dict[str, str]:
    if name == SCRIPTED_MODEL:
        return {"runs": "in this process, for tests and dry runs", "file": ""}
    found = model_store(settings).find(EMBEDDED_MODEL)
    return {"runs": "in this process", "file": str(found) if found else "not fetched yet: textnlp model pull"}
