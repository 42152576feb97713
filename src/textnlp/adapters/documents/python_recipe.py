"""A recipe that a Python file makes."""

import runpy
import traceback
from pathlib import Path
from typing import Any

from textnlp.adapters.documents.recipe_settings import SETTINGS
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import Recipe

VARIABLE = "recipe"


def run_python_recipe(path: Path) -> YamlDocument:
    """Run a Python file and return its `recipe`, with its `settings` where it has some, as a document.

    This executes whatever is in the file. Raises `NOT_FOUND` where it cannot be read, and `INVALID_INPUT` with file
    and line where it raises, ends the process or has no `recipe`.
    """
    if not path.is_file():
        raise TextNLPError(f"{path} cannot be read: there is no such file.", kind=ErrorKind.NOT_FOUND)
    try:
        found = runpy.run_path(str(path), run_name="textnlp_recipe")
    except (Exception, SystemExit) as exc:
        line = _line_in(path, exc)
        where = str(path) if line is None else f"{path}:{line}"
        message = f"{where}: it raised {type(exc).__name__}: {exc}."
        raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(line=line)) from exc
    recipe = found.get(VARIABLE)
    if not isinstance(recipe, Recipe):
        told = "there is none" if recipe is None else f"it is of type {type(recipe).__name__}"
        message = f"{path}: `{VARIABLE}` must be a textnlp.domain.recipes.recipe.Recipe; {told}."
        raise TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=VARIABLE))
    written: dict[str, Any] = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if SETTINGS in found:
        written[SETTINGS] = found[SETTINGS]
    return YamlDocument(path, text="").replaced(written, origins={})


def _line_in(path: Path, exc: BaseException) -> int | None:
    """Return the last line of the file that was run when it was raised, or the one that is no Python."""
    if isinstance(exc, SyntaxError) and exc.filename == str(path):
        return exc.lineno
    frames = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == str(path)]
    return frames[-1] if frames else None
