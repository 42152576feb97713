"""The model that comes with the platform, fetched once for all tests."""

from pathlib import Path

import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.application.pull_model import pull_model
from textnlp.domain.errors import TextNLPError
from textnlp.settings import read_settings

_reasons: list[str] = []


async def real_model_file() -> Path:
    """Return the model's file, or skip the test where it can neither be found nor fetched."""
    if not _reasons:
        try:
            return await pull_model(ModelFiles(read_settings().models_dir, clock=SystemClock()))
        except TextNLPError as error:
            _reasons.append(error.message)
    pytest.skip(_reasons[0])
