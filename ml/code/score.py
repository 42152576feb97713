"""Entry script of the Azure ML endpoint: `init` opens the engine once, `run` answers one request."""

import os
from pathlib import Path
from typing import Any

from textnlp.bootstrap.scoring import Scorer
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.settings import read_settings

_MODEL_FOLDER = "AZUREML_MODEL_DIR"
_scorers: list[Scorer] = []


def init() -> None:
    """Open the registered model, or the endpoint that TEXTNLP_BASE_URL names; raise where it cannot answer."""
    settings = read_settings()
    if settings.base_url is None and settings.model_file is None and (folder := os.environ.get(_MODEL_FOLDER)):
        settings = read_settings(model_file=find_model(Path(folder)))
    _scorers[:] = [Scorer(settings)]


def run(data: str) -> dict[str, Any]:
    """Answer `{"prompts": [...], "system": ..., "parameters": {...}}`; a request that is none gets an `error`."""
    try:
        return _scorers[0].score(data)
    except TextNLPError as error:
        return {"error": {"code": error.kind.value, "message": error.message}}


def find_model(folder: Path) -> Path:
    """Return the one GGUF file in a folder of a model; raise `INVALID_INPUT` where there is none, or several."""
    found = sorted(folder.rglob("*.gguf"))
    if len(found) != 1:
        raise invalid_input(f"The model has {len(found)} GGUF files; it must have one.", field=_MODEL_FOLDER)
    return found[0]
