from pathlib import Path

import pytest

from textnlp.adapters.documents.recipe_document import read_recipe
from textnlp.domain.errors import ErrorKind, TextNLPError

PROGRAM = """\
from textnlp.domain.recipes.recipe import Recipe

TOPICS = [f"topic {number}" for number in range(3)]
recipe = Recipe(
    name="made",
    columns={
        "topic": {"kind": "category", "values": TOPICS},
        "text": {"kind": "text", "prompt": "Write about {{ topic }}."},
    },
)
settings = {"topics": "columns.topic.values"}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recipe.py"


def refusal(path: Path, *, allow_python: bool = True) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        read_recipe(path, allow_python=allow_python)
    return caught.value


def test_a_program_makes_a_recipe_in_which_values_can_be_set(path: Path) -> None:
    path.write_text(PROGRAM)
    recipe = read_recipe(path, sets={"topics": "[tea]", "accept.rows": "3"}, allow_python=True)
    assert (recipe.name, recipe.accept.rows) == ("made", 3)
    assert recipe.model_dump()["columns"]["topic"]["values"] == ["tea"]


def test_a_recipe_is_the_same_in_python_and_in_yaml(path: Path) -> None:
    path.write_text(PROGRAM)
    yaml = path.with_suffix(".yaml")
    yaml.write_text(
        "name: made\ncolumns:\n  topic: {kind: category, values: [topic 0, topic 1, topic 2]}\n"
        "  text: {kind: text, prompt: 'Write about {{ topic }}.'}\n"
    )
    assert read_recipe(path, allow_python=True).fingerprint == read_recipe(yaml).fingerprint


def test_a_program_is_not_run_unless_that_is_allowed(path: Path) -> None:
    path.write_text(f"from pathlib import Path\nPath({str(path)!r}).with_suffix('.ran').touch()\n")
    assert "only a recipe in YAML is read here" in refusal(path, allow_python=False).message
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("x = 1\ny = x / 0\n", ":2: it raised ZeroDivisionError: division by zero."),
        ("x = (\n", ":1: it raised SyntaxError"),
        ("raise SystemExit(3)\n", ":1: it raised SystemExit: 3."),
        ("x = 1\n", ": `recipe` must be a textnlp.domain.recipes.recipe.Recipe; there is none."),
        ("recipe = {}\n", ": `recipe` must be a textnlp.domain.recipes.recipe.Recipe; it is of type dict."),
        (PROGRAM.replace("{{ topic }}", "{{ topik }}"), ": columns.text.prompt: there is no column 'topik'"),
    ],
)
def test_a_program_that_makes_no_recipe_is_refused(path: Path, program: str, told: str) -> None:
    path.write_text(program)
    error = refusal(path)
    assert error.kind is ErrorKind.INVALID_INPUT
    assert f"{path}{told}" in error.message


def test_a_program_that_is_not_there_is_not_found(path: Path) -> None:
    assert refusal(path).kind is ErrorKind.NOT_FOUND
