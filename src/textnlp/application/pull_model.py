"""Have the embedded model's file on this machine."""

from pathlib import Path

from textnlp.ports.model_store import ModelStore, ShowProgress
from textnlp.topology.models import EMBEDDED_MODEL, EmbeddedModel


async def pull_model(
    store: ModelStore,
    *,
    model: EmbeddedModel = EMBEDDED_MODEL,
    show_progress: ShowProgress | None = None,
) -> Path:
    """Return the model's file, fetched where it was missing; raises what `ModelStore` raises."""
    found = store.find(model)
    return found if found is not None else await store.fetch(model, show_progress=show_progress)
