import pytest

from textnlp.console.playground_form import read_try
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_a_form_asks_what_a_call_of_the_api_would() -> None:
    tried = read_try({"prompt": "Hi", "system": "Be brief.", "model": "m-1", "max_tokens": "60", "temperature": "0.5"})
    asked = tried.asked("m-1")
    assert (asked.prompt, asked.system, asked.model) == ("Hi", "Be brief.", "m-1")
    assert (asked.parameters.max_tokens, asked.parameters.temperature) == (60, 0.5)


def test_the_models_are_those_that_were_chosen_and_the_default_where_none_was() -> None:
    assert read_try({"model": "a", "model_3": "b", "model_4": "a"}).models == ["a", "b", "a"]
    assert read_try({}).models == [None]


def test_variables_go_with_a_template_only() -> None:
    fields = {"template": "slogan@1", "variable:product": "kettle"}
    assert read_try(fields).asked(None).variables == {"product": "kettle"}
    assert read_try({"prompt": "Hi", "variable:product": "kettle"}).asked(None).variables is None


def test_the_body_of_a_call_leaves_out_what_was_left_out() -> None:
    tried = read_try({"messages": "user: Hi", "seed": "3", "schema": '{"type": "object"}'})
    assert tried.body() == {
        "messages": [{"role": "user", "content": "Hi"}],
        "parameters": {"seed": 3},
        "schema": {"type": "object"},
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"temperature": "3"}, "temperature"), ({"schema": "[1"}, "schema"), ({"colour": "red"}, "colour")],
)
def test_a_field_that_is_wrong_is_named(fields: dict[str, str], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_try(fields).asked(None)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)
