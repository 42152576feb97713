"""Fetching the embedded model, shown as it goes."""

from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from textnlp.application.pull_model import pull_model
from textnlp.bootstrap.engine_wiring import model_store
from textnlp.bootstrap.platform import is_embedded
from textnlp.ports.model_store import ModelStore
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_MODEL, EmbeddedModel


class Notes(Protocol):
    """Says something once."""

    def note(self, text: str) -> None:
        """Say it."""
        ...


async def ensure_model(settings: Settings, model: str, view: Notes) -> None:
    """Fetch the embedded model where it is asked for and missing, so that nothing waits for it later."""
    if settings.model_file or not is_embedded(settings, model):
        return
    if model_store(settings).find(EMBEDDED_MODEL) is None:
        view.note(f"Fetching {EMBEDDED_MODEL.name}, {EMBEDDED_MODEL.size_bytes >> 20} MB, once.")
        await pull_with_bar(model_store(settings), EMBEDDED_MODEL)


async def pull_with_bar(store: ModelStore, model: EmbeddedModel) -> None:
    """Fetch a model with a bar on standard error; none where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(model.name, total=None)
        await pull_model(
            store,
            model=model,
            show_progress=lambda received, total: progress.update(task, completed=received, total=total),
        )
