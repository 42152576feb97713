"""A recipe in a YAML file."""

from pathlib import Path

from textnlp.adapters.documents.yaml_document import YamlDocument, place_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.seeds import SEED_COLUMNS, RowSeeds


def read_recipe(path: Path) -> Recipe:
    """Read a recipe and find the order of its columns, without asking anything.

    Raises `INVALID_INPUT` with file, line, column, path and the nearest key for whatever does not fit, and what
    `YamlDocument` raises.
    """
    document = YamlDocument(path)
    recipe = document.validated(Recipe)
    try:
        plan_recipe(recipe, seed_fields=known_seed_fields(recipe))
    except TextNLPError as error:
        field = error.facts.field or ""
        message = error.message.removeprefix(f"{field}: ")
        raise document.refusal(message, place_of(field)) from error
    return recipe


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
