import pytest

from tests.factories.memory_platform import CLOCK
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.templates.memory import MemoryTemplateStore
from textnlp.application.resolve_templates import resolve_templates
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.model_columns import PromptColumn
from textnlp.domain.templates.stored import TemplateDraft

COLUMNS = {"review": {"kind": "text", "template": "review@latest"}}


async def store() -> MemoryTemplateStore:
    templates = MemoryTemplateStore()
    for text in ("Praise a {{ product }}.", "Review a {{ product }}."):
        await templates.create(TemplateDraft(name="review", text=text, system="Be short."), at=CLOCK.now())
    return templates


async def test_a_column_gets_prompt_and_system_prompt_of_its_template_and_the_version_is_pinned() -> None:
    found = await resolve_templates(recipe_of(COLUMNS), await store())

    column = found.recipe.columns["review"]
    pinned = found.pinned.columns["review"]
    assert isinstance(column, PromptColumn)
    assert isinstance(pinned, PromptColumn)
    assert (column.prompt, column.system) == ("Review a {{ product }}.", "Be short.")
    assert (pinned.prompt, pinned.template) == (None, "review@2")
    assert found.templates == {"review": "review@2"}


async def test_a_recipe_without_templates_stays_as_it_is() -> None:
    recipe = recipe_of({"review": {"kind": "text", "prompt": "Review."}})

    assert (await resolve_templates(recipe, await store())).recipe is recipe


async def test_a_template_that_is_not_there_is_told_with_its_place() -> None:
    with pytest.raises(TextNLPError) as raised:
        await resolve_templates(recipe_of({"review": {"kind": "text", "template": "praise@1"}}), await store())
    assert raised.value.facts.field == "columns.review.template"
