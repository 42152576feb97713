"""The models that come with the platform, fetched once for all tests."""

from pathlib import Path

import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.application.pull_model import pull_model
from textnlp.domain.errors import TextNLPError
from textnlp.settings import read_settings
from textnlp.topology.models import EMBEDDED_EMBEDDINGS, EMBEDDED_MODEL, EmbeddedModel

_reasons: dict[str, str] = {}


async def real_model_file() -> Path:
    """Return the file of the model that writes, or skip the test where it can neither be found nor fetched."""
    return await _file_of(EMBEDDED_MODEL)


async def real_embedding_file() -> Path:
    """Return the file of the model that embeds, or skip the test as above."""
    return await _file_of(EMBEDDED_EMBEDDINGS)


async def _file_of(model: EmbeddedModel) -> Path:
    if model.name not in _reasons:
        try:
            return await pull_model(ModelFiles(read_settings().models_dir, clock=SystemClock()), model=model)
        except TextNLPError as error:
            _reasons[model.name] = error.message
    pytest.skip(_reasons[model.name])
