"""Put stored templates into the columns that name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textnlp.domain.errors import ErrorFacts, TextNLPError
from textnlp.domain.recipes.model_columns import PromptColumn
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.templates.reference import parse_reference
from textnlp.ports.template_store import TemplateReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRecipe:
    """A recipe whose columns hold their prompts.

    Attributes:
        pinned: the recipe as it was written, with the version of every stored template in it.
        recipe: the same with the prompts of these templates.
        templates: `name@version` by column.
    """

    pinned: Recipe
    recipe: Recipe
    templates: Mapping[str, str]


async def resolve_templates(recipe: Recipe, templates: TemplateReader) -> ResolvedRecipe:
    """Return a recipe with the prompts, and the system prompts where a column has none, of the templates it names.

    Raises what the store raises, with the place in the recipe as `field`.
    """
    named = {
        name: column
        for name, column in recipe.columns.items()
        if isinstance(column, PromptColumn) and column.template is not None
    }
    if not named:
        return ResolvedRecipe(pinned=recipe, recipe=recipe, templates={})
    columns: dict[str, Any] = dict(recipe.columns)
    pinned: dict[str, Any] = dict(recipe.columns)
    versions: dict[str, str] = {}
    for name, column in named.items():
        try:
            stored = await templates.get(parse_reference(column.template or ""))
        except TextNLPError as error:
            field = f"columns.{name}.template"
            raise TextNLPError(
                f"{field}: {error.message}", kind=error.kind, facts=ErrorFacts(field=field, hint=error.facts.hint)
            ) from error
        versions[name] = str(stored.reference)
        pinned[name] = column.model_copy(update={"template": versions[name]})
        system = column.system if column.system is not None else stored.system
        columns[name] = column.model_copy(update={"prompt": stored.text, "system": system})
    return ResolvedRecipe(
        pinned=recipe.model_copy(update={"columns": pinned}),
        recipe=recipe.model_copy(update={"columns": columns}),
        templates=versions,
    )
