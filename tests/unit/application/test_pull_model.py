from pathlib import Path

from tests.doubles.model_wheel import TINY_MODEL
from textnlp.application.pull_model import pull_model
from textnlp.ports.model_store import ShowProgress
from textnlp.topology.models import EMBEDDED_MODEL, EmbeddedModel


class MemoryModelStore:
    """Has the models it is told of, and fetches the others at once."""

    def __init__(self, *present: EmbeddedModel) -> None:
        self._present = set(present)
        self.fetched: list[str] = []

    def find(self, model: EmbeddedModel) -> Path | None:
        return Path("here") / model.file_name if model in self._present else None

    async def fetch(self, model: EmbeddedModel, *, show_progress: ShowProgress | None = None) -> Path:
        self.fetched.append(model.name)
        if show_progress is not None:
            show_progress(model.size_bytes, model.size_bytes)
        return Path("fetched") / model.file_name


async def test_a_model_that_is_here_is_not_fetched() -> None:
    store = MemoryModelStore(TINY_MODEL)
    assert await pull_model(store, model=TINY_MODEL) == Path("here/tiny.gguf")
    assert store.fetched == []


async def test_a_missing_model_is_fetched_with_progress() -> None:
    store = MemoryModelStore(TINY_MODEL)
    seen: list[tuple[int, int]] = []
    path = await pull_model(store, show_progress=lambda received, total: seen.append((received, total)))
    assert path == Path("fetched") / EMBEDDED_MODEL.file_name
    assert seen == [(EMBEDDED_MODEL.size_bytes, EMBEDDED_MODEL.size_bytes)]
