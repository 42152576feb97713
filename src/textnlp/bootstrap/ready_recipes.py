"""The recipes of the package and the form of all recipes, for commands and routes that open no platform."""

from collections.abc import Mapping
from pathlib import Path

from textnlp.adapters.documents.recipe_document import known_seed_fields, read_recipe, read_sent_recipe
from textnlp.adapters.documents.recipe_schema import recipe_schema
from textnlp.adapters.documents.recipe_settings import RecipeSetting, settings_of
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.adapters.ready_recipes.shelf import ReadyRecipe, find_ready_recipe, ready_recipes
from textnlp.domain.recipes.recipe import Recipe

__all__ = [
    "ReadyRecipe",
    "find_ready_recipe",
    "known_seed_fields",
    "read_named_recipe",
    "read_recipe",
    "read_sent_recipe",
    "ready_recipes",
    "recipe_schema",
    "settings_of_file",
]


def settings_of_file(path: Path) -> list[RecipeSetting]:
    """Return the short names that a recipe's file gives to its values."""
    return settings_of(YamlDocument(path))


def read_named_recipe(name: str, *, sets: Mapping[str, str]) -> tuple[Recipe, Path]:
    """Read a recipe's file, a program that makes one, or a recipe of the package; return it and its folder.

    A name that is no file is looked for among the recipes of the package. Raises what `read_recipe` and
    `find_ready_recipe` raise. Only for a command line, because a program is run.
    """
    path = Path(name)
    if not path.exists():
        path = find_ready_recipe(name).path
    return read_recipe(path, sets=sets, allow_python=True), path.resolve().parent
