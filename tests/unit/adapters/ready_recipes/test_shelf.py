import json
import re

import jsonschema_rs
import msgspec
import pytest
import yaml

from textnlp.adapters.documents.recipe_document import read_recipe
from textnlp.adapters.documents.recipe_schema import recipe_schema
from textnlp.adapters.documents.recipe_settings import settings_of
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.adapters.ready_recipes.shelf import ReadyRecipe, find_ready_recipe, ready_recipes
from textnlp.domain.datasets.export_plan import plan_export
from textnlp.domain.datasets.written_columns import dropped_columns, recipe_columns
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.seeds import SEED_COLUMNS

METHODS = {
    "back-translation",
    "chain-of-thought",
    "classification",
    "customer-reviews",
    "dialogues",
    "evol-instruct-breadth",
    "evol-instruct-depth",
    "magpie",
    "preference-pairs",
    "qa-from-documents",
    "retrieval-triplets",
    "self-instruct",
    "summaries",
    "text-to-sql",
    "tool-calls",
}
every_recipe = pytest.mark.parametrize("ready", ready_recipes(), ids=lambda ready: ready.name)


def test_every_method_has_its_recipe() -> None:
    assert {ready.name for ready in ready_recipes()} == METHODS


@every_recipe
def test_a_recipe_is_named_as_its_file_and_tells_its_method_and_paper(ready: ReadyRecipe) -> None:
    recipe = read_recipe(ready.path)

    assert recipe.name == ready.name
    assert recipe.accept.rows == 100
    assert recipe.description
    assert ready.summary
    assert re.search(r"arXiv \d{4}\.\d{5}", ready.story)


@every_recipe
def test_a_recipe_satisfies_the_published_schema_and_its_settings_name_values(ready: ReadyRecipe) -> None:
    document = json.loads(json.dumps(yaml.safe_load(ready.path.read_text(encoding="utf-8"))))

    jsonschema_rs.validator_for(recipe_schema()).validate(document)
    assert all(setting.default is not None for setting in settings_of(YamlDocument(ready.path)))


@every_recipe
def test_the_exports_of_a_recipe_find_their_columns(ready: ReadyRecipe) -> None:
    recipe = read_recipe(ready.path)
    document = recipe.model_dump(mode="json", by_alias=True)
    columns = recipe_columns(document, dropped=dropped_columns(document))
    if recipe.seeds is not None:
        columns += SEED_COLUMNS.get(recipe.seeds.kind, getattr(recipe.seeds, "fields", None) or ())

    assert recipe.output.exports
    for export in recipe.output.exports:
        plan_export(export.format, given=export.columns, columns=columns, recipe=document)


def test_the_schema_is_one_and_refuses_what_recipes_do_not_know() -> None:
    schema = recipe_schema()

    jsonschema_rs.meta.validate(schema)
    valid = {"name": "x", "columns": {"a": {"kind": "uuid"}}}
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid(valid)
    assert not validator.is_valid({**valid, "colums": {}})
    assert not validator.is_valid({"name": "x", "columns": {"a": {"kind": "uuuid"}}})
    assert msgspec.json.encode(schema)


def test_a_name_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(TextNLPError) as raised:
        find_ready_recipe("customer-review")
    assert raised.value.facts.hint == "Did you mean customer-reviews?"
