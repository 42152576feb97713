from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.documents.recipe_document import read_recipe
from textnlp.adapters.documents.recipe_settings import apply_settings, settings_of
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import Recipe

RECIPE = """\
settings: {documents: seeds.path, topics: columns.topic.values}
name: reviews
seeds: {kind: documents, path: docs}
columns:
  topic: {kind: category, values: [tea, rice]}
  review:
    kind: text
    prompt: "{{ topic }}: {{ text }}"
checks:
- {kind: length, column: review, min_words: 5}
"""


def document(text: str = RECIPE) -> YamlDocument:
    return YamlDocument("recipe.yaml", text=text)


def changed(sets: Mapping[str, str], text: str = RECIPE, *, directory: Path = Path("/here")) -> dict[str, Any]:
    return apply_settings(document(text), sets, directory=directory).value


def refusal(sets: Mapping[str, str], text: str = RECIPE) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        apply_settings(document(text), sets, directory=Path("/here")).validated(Recipe)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    return caught.value


@pytest.mark.parametrize(
    ("key", "text", "part", "value"),
    [
        ("accept.rows", "50", "accept", {"rows": 50}),
        ("models.default.temperature", "0.3", "models", {"default": {"temperature": 0.3}}),
        ("columns.topic.values", '["a","b"]', "columns", {"kind": "category", "values": ["a", "b"]}),
        ("topics", "[a, 2]", "columns", {"kind": "category", "values": ["a", 2]}),
        ("topics[1]", "b", "columns", {"kind": "category", "values": ["tea", "b"]}),
        ("checks[0].min_words", "7", "checks", [{"kind": "length", "column": "review", "min_words": 7}]),
        ("name", "teas", "name", "teas"),
        ("description", "", "description", None),
        ("seeds", "{kind: topics, root: tea}", "seeds", {"kind": "topics", "root": "tea"}),
    ],
)
def test_a_value_is_set_at_its_path_or_short_name(key: str, text: str, part: str, value: Any) -> None:
    found = changed({key: text})[part]
    assert (found["topic"] if part == "columns" else found) == value


@pytest.mark.parametrize(
    ("given_path", "path"),
    [("./docs", "/here/docs"), ("/data/docs", "/data/docs"), ("blob:docs", "blob:docs"), ("../a.txt", "/a.txt")],
)
def test_a_file_that_is_set_is_looked_for_in_the_working_directory(given_path: str, path: str) -> None:
    assert changed({"documents": given_path})["seeds"]["path"] == path


def test_a_file_that_the_recipe_names_stays_beside_it() -> None:
    assert changed({"accept.rows": "1"})["seeds"]["path"] == "docs"


def test_the_file_of_a_pick_column_is_looked_for_in_the_working_directory() -> None:
    assert changed({"columns.name": "{kind: pick}", "columns.name.file": "n.txt"})["columns"]["name"] == {
        "kind": "pick",
        "file": "/here/n.txt",
    }


def test_short_names_are_told_with_their_defaults_and_are_no_part_of_the_recipe() -> None:
    told = [(setting.name, setting.place, setting.default) for setting in settings_of(document())]
    assert told == [("documents", "seeds.path", "docs"), ("topics", "columns.topic.values", ["tea", "rice"])]
    assert "settings" not in changed({})
    assert settings_of(document("name: x")) == []


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"documants": "x"}, "--set documants: 'documants' is not known here; did you mean 'documents'?"),
        ({"acept.rows": "1"}, "--set acept.rows: 'acept' is not known here; did you mean 'accept'?"),
        ({"accept.row": "1"}, "--set accept.row: 'row' is not known here; did you mean 'rows'?"),
        ({"accept": "{rows: x}"}, "--set accept: accept.rows: input should be a valid integer"),
        ({"topics": "tea"}, "--set topics: columns.topic.values: input should be a valid list."),
        ({"accept.rows": "many"}, "--set accept.rows: input should be a valid integer"),
        ({"columns.new.kind": "text"}, "--set columns.new.kind: columns.new: give either prompt or template."),
        ({"checks[3].name": "x"}, "--set checks[3].name: checks has 1 items, counted from 0."),
        ({"checks.name": "x"}, "--set checks.name: checks has nothing called 'name' in it."),
        ({"name.first": "x"}, "--set name.first: name has nothing called 'first' in it."),
        ({"accept..rows": "1"}, "--set accept..rows: this is no path, such as accept.rows"),
        ({"": "1"}, "--set : this is no path"),
        ({"name": "a: b: c"}, "--set name:1:5: This is no YAML: mapping values are not allowed here."),
        ({"name": "*other"}, "--set name:1:1: References to anchors are not taken here."),
        ({"name": "[" * 30 + "]" * 30}, "--set name:1:21: This is nested too deeply."),
    ],
)
def test_what_is_wrong_with_a_value_names_its_key(sets: Mapping[str, str], told: str) -> None:
    assert refusal(sets).full_text.startswith(told)


def test_what_is_wrong_beside_a_set_value_keeps_its_place_in_the_file() -> None:
    error = refusal({"accept.rows": "5"}, RECIPE.replace("min_words: 5", "min_words: five"))
    assert error.message.startswith("recipe.yaml:10:34: checks[0].min_words: ")
    assert (error.facts.line, error.facts.column) == (10, 34)


def test_a_reference_that_a_set_value_breaks_names_its_key(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    with pytest.raises(TextNLPError) as caught:
        read_recipe(path, sets={"columns.review.prompt": "'About {{ topik }}'"})
    assert caught.value.message.startswith("--set columns.review.prompt: there is no column 'topik'; did you mean")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[a]", "recipe.yaml:1:1: settings: this is a mapping of short names to paths."),
        ("{accept: accept.rows}", "recipe.yaml:1:12: settings.accept: this is the name of a part of every recipe."),
        ("{rows: 5}", "recipe.yaml:1:12: settings.rows: this is no path, such as seeds.path."),
        ("{rows: 'accept..rows'}", "recipe.yaml:1:12: settings.rows: this is no path, such as seeds.path."),
        ("{rows: acept.rows}", "recipe.yaml:1:12: settings.rows: 'acept' is not known here; did you mean 'accept'?"),
    ],
)
def test_short_names_that_stand_for_nothing_are_refused(settings: str, told: str) -> None:
    assert refusal({}, f"settings: {settings}\nname: x\ncolumns: {{}}\n").message == told


def test_a_document_that_is_no_mapping_is_refused_by_its_shape() -> None:
    assert "valid dictionary" in refusal({"accept.rows": "1"}, "- 1\n").message


@given(st.integers(1, 10**6), st.floats(0, 2), st.text(st.characters(categories=["L"]), min_size=1))
def test_values_that_are_set_are_those_of_the_recipe(rows: int, temperature: float, topic: str) -> None:
    sets = {"accept.rows": str(rows), "models.a.temperature": repr(temperature), "topics": f'["{topic}"]'}
    recipe = apply_settings(document(), sets, directory=Path("/here")).validated(Recipe)
    assert (recipe.accept.rows, recipe.models["a"].temperature) == (rows, temperature)
    assert recipe.model_dump()["columns"]["topic"]["values"] == [topic]
