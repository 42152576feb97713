"""A recipe in a YAML file, or in a Python file that makes it."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from textnlp.adapters.documents.python_recipe import run_python_recipe
from textnlp.adapters.documents.recipe_settings import apply_settings
from textnlp.adapters.documents.yaml_document import YamlDocument, place_of
from textnlp.domain.datasets.export_plan import require_exports
from textnlp.domain.datasets.written_columns import ROW_ID, column_key, dropped_columns, recipe_columns
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.seeds import SEED_COLUMNS, RowSeeds

PYTHON_SUFFIX = ".py"
_SENT = "recipe"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def read_recipe(path: Path, *, sets: Mapping[str, str] = _NOTHING, allow_python: bool = False) -> Recipe:
    """Read a recipe and find the order of its columns, without asking anything.

    `sets` are values that `apply_settings` puts in the place of the file's. Raises `INVALID_INPUT` with file, line,
    column, path and the nearest key for whatever does not fit, and what `YamlDocument` raises.

    A Python file is run, with everything that this process may do, and its `recipe` is taken: set `allow_python` only
    where whoever names the file is whoever runs the process, as on a command line, and never for what others send.
    Without it such a file is refused with `INVALID_INPUT`.
    """
    if path.suffix == PYTHON_SUFFIX:
        if not allow_python:
            raise invalid_input(f"{path} is a program; only a recipe in YAML is read here.", field="recipe")
        document = run_python_recipe(path)
    else:
        document = YamlDocument(path)
    return _planned(apply_settings(document, sets, directory=Path.cwd()))


def read_sent_recipe(sent: Mapping[str, Any] | str) -> Recipe:
    """Read a recipe that somebody sent, as an object or as the text of its file; raises what `read_recipe` does."""
    if isinstance(sent, str):
        document = YamlDocument(_SENT, text=sent)
    else:
        document = YamlDocument(_SENT, text="{}").replaced(dict(sent), origins={(): _SENT})
    return _planned(apply_settings(document, _NOTHING, directory=Path.cwd()))


def _planned(document: YamlDocument) -> Recipe:
    recipe = document.validated(Recipe)
    try:
        fields = known_seed_fields(recipe)
        plan_recipe(recipe, seed_fields=fields)
        if fields is not None:
            require_written(recipe, fields)
    except TextNLPError as error:
        field = error.facts.field or ""
        message = error.message.removeprefix(f"{field}: ")
        raise document.refusal(message, place_of(field)) from error
    return recipe


def require_written(recipe: Recipe, seed_fields: Collection[str]) -> None:
    """Raise `INVALID_INPUT` for an export that the recipe's columns cannot be written in."""
    if not recipe.output.exports:
        return
    document = recipe.model_dump(mode="json", by_alias=True)
    columns = recipe_columns(document, dropped=dropped_columns(document))
    seeded = [column_key(name) for name in sorted(seed_fields) if name not in recipe.columns]
    require_exports(recipe.output.exports, columns=[ROW_ID, *columns, *seeded], recipe=document)


def known_seed_fields(recipe: Recipe) -> frozenset[str] | None:
    """Return the columns that the seeds bring, None where only their file tells."""
    seeds = recipe.seeds
    if seeds is None:
        return frozenset()
    if not isinstance(seeds, RowSeeds):
        return frozenset(SEED_COLUMNS[seeds.kind])
    if seeds.fields is not None:
        return frozenset(seeds.fields)
    return None if seeds.rows is None else frozenset[str]().union(*seeds.rows)
