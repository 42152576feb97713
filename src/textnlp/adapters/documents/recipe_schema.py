"""The JSON Schema of recipes, for editors and for whoever writes recipes with a program."""

from typing import Any

from textnlp.adapters.documents.recipe_settings import SETTINGS
from textnlp.domain.recipes.recipe import Recipe

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def recipe_schema() -> dict[str, Any]:
    """Return the schema (2020-12) that recipe files satisfy, `settings` included."""
    schema = Recipe.model_json_schema(by_alias=True)
    schema["properties"][SETTINGS] = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Short names for values of the recipe, by which --set finds them.",
    }
    return {"$schema": _DIALECT, **schema}
