from pathlib import Path

import pytest

from textnlp.adapters.documents.recipe_document import known_seed_fields, read_recipe
from textnlp.domain.errors import TextNLPError

RECIPE = """\
name: reviews
models:
  writer: {temperature: {uniform: [0.5, 1.0]}}
columns:
  product: {kind: category, values: [chair, lamp]}
  review:
    kind: text
    prompt: Review a {{ product }}.
accept: {rows: 5, where: "review != ''"}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recipe.yaml"


def test_a_recipe_is_read(path: Path) -> None:
    path.write_text(RECIPE)
    recipe = read_recipe(path)
    assert list(recipe.columns) == ["product", "review"]
    assert recipe.accept.rows == 5


@pytest.mark.parametrize(
    ("right", "wrong", "place", "told"),
    [
        ("prompt:", "promt:", "8:5", "columns.review.promt: 'promt' is not known here; did you mean 'prompt'?"),
        ("{{ product }}", "{{ produkt }}", "8:5", "columns.review.prompt: there is no column 'produkt'"),
        ("kind: text", "kind: txt", "7:5", "columns.review.kind: 'txt' is not known here; did you mean 'text'?"),
        ("rows: 5", "rows: five", "9:10", "accept.rows: input should be a valid integer"),
        ("accept:", "acept:", "9:1", "'acept' is not known here; did you mean 'accept'?"),
        ("values: [chair, lamp]", "values: []", "5:29", "columns.product.values: list should have at least 1 item"),
        ("review != ''", "revue != ''", "9:19", "accept.where: there is no column 'revue'; did you mean 'review'"),
        (
            "review != ''\"}",
            "review != ''\"}\noutput: {exports: [{format: csv}, {format: dpo}]}",
            "10:35",
            "output.exports[1]: The export dpo needs a column for 'prompt', and none is called",
        ),
        ("{{ product }}", "{{ product", "8:5", "columns.review.prompt: The template, line 1, column"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_column_and_path(
    path: Path, right: str, wrong: str, place: str, told: str
) -> None:
    path.write_text(RECIPE.replace(right, wrong))
    with pytest.raises(TextNLPError) as caught:
        read_recipe(path)
    assert caught.value.message.startswith(f"{path}:{place}: ")
    assert told in caught.value.message


def test_a_value_that_fits_none_of_several_shapes_is_placed_in_the_document(path: Path) -> None:
    path.write_text(RECIPE.replace("[0.5, 1.0]", "[0.5]"))
    with pytest.raises(TextNLPError) as caught:
        read_recipe(path)
    assert caught.value.facts.line == 3
    assert str(caught.value.facts.field).startswith("models.writer.temperature")


@pytest.mark.parametrize(
    ("seeds", "fields"),
    [
        ("", frozenset[str]()),
        ("seeds: {kind: documents, path: x}", frozenset({"text", "file", "page", "offset", "chunk"})),
        ("seeds: {kind: rows, rows: [{a: 1}, {b: 2}]}", frozenset({"a", "b"})),
        ("seeds: {kind: rows, path: x.csv, fields: [c]}", frozenset({"c"})),
        ("seeds: {kind: rows, path: x.csv}", None),
    ],
)
def test_columns_of_seeds_are_known_where_the_recipe_tells_them(
    path: Path, seeds: str, fields: frozenset[str] | None
) -> None:
    path.write_text(f"{RECIPE}{seeds}\n")
    assert known_seed_fields(read_recipe(path)) == fields
