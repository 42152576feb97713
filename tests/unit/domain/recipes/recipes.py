"""Recipes for tests, from their columns."""

from typing import Any

from textnlp.domain.recipes.recipe import Recipe


def recipe_of(columns: dict[str, dict[str, Any]], **parts: Any) -> Recipe:
    """Return a recipe with these columns."""
    return Recipe.model_validate({"name": "reviews", "columns": columns, **parts})


REVIEWS: dict[str, dict[str, Any]] = {
    "score": {"kind": "judge", "prompt": "{{ review }}", "scores": {"clarity": {"description": "Is it clear?"}}},
    "review": {"kind": "text", "prompt": "Review a {{ product }}."},
    "product": {"kind": "category", "values": ["chair", "lamp"]},
}
