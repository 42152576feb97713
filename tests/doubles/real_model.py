"""The model that comes with the platform, fetched once for all tests."""

import asyncio
from functools import lru_cache
from pathlib import Path

import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.application.pull_model import pull_model
from textnlp.domain.errors import TextNLPError
from textnlp.settings import read_settings


def real_model_file() -> Path:
    """Return the model's file, or skip the test where it can neither be found nor fetched."""
    found = _found()
    if isinstance(found, TextNLPError):
        pytest.skip(found.message)
    return found


@lru_cache(maxsize=1)
def _found() -> Path | TextNLPError:
    store = ModelFiles(read_settings().models_dir, clock=SystemClock())
    try:
        return asyncio.run(pull_model(store))
    except TextNLPError as error:
        return error
