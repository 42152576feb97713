import yaml

from textnlp.bootstrap.ready_recipes import read_sent_recipe
from textnlp.console.playground_form import read_try
from textnlp.console.prompt_recipe import recipe_text
from textnlp.domain.generation.model import Message, Role


def test_a_prompt_becomes_a_recipe_that_can_be_read() -> None:
    tried = read_try({"prompt": "Write\na slogan.", "model": "m-1", "temperature": "0.5", "seed": "4", "top_p": "0.9"})
    text = recipe_text(tried, [Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Write\na slogan.")])
    recipe = read_sent_recipe(text)
    assert recipe.seed == 4
    assert recipe.models["default"].model_dump(exclude_unset=True) == {
        "model": "m-1",
        "temperature": 0.5,
        "top_p": 0.9,
    }
    assert yaml.safe_load(text)["columns"]["answer"] == {
        "kind": "text",
        "system": "Be brief.",
        "prompt": "Write\na slogan.",
    }
    assert "prompt: |" in text


def test_values_of_a_template_become_columns() -> None:
    tried = read_try({"template": "slogan@2", "variable:product": "kettle", "variable:stars": "4"})
    columns = read_sent_recipe(recipe_text(tried, [])).columns
    assert list(columns) == ["product", "stars", "answer"]
    assert columns["answer"].model_dump(exclude_unset=True) == {"kind": "text", "template": "slogan@2"}


def test_a_schema_becomes_a_structured_column() -> None:
    tried = read_try({"prompt": "Hi", "schema": '{"type": "object", "properties": {"a": {"type": "string"}}}'})
    recipe = read_sent_recipe(recipe_text(tried, [Message(Role.USER, "Hi")]))
    assert recipe.columns["answer"].kind == "structured"


def test_earlier_turns_are_told_within_the_prompt() -> None:
    tried = read_try({"messages": "user: Hi\nassistant: Yes?\nuser: Write."})
    turns = [Message(Role.USER, "Hi"), Message(Role.ASSISTANT, "Yes?"), Message(Role.USER, "Write.")]
    columns = yaml.safe_load(recipe_text(tried, turns))["columns"]
    assert columns["answer"]["prompt"] == "user: Hi\n\nassistant: Yes?\n\nuser: Write."
