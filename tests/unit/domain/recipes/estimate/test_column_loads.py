from typing import Any

import pytest

from tests.unit.domain.recipes.estimate.estimates import count_tokens
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.recipes.estimate.asked_texts import AskedTexts
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, exactly
from textnlp.domain.recipes.estimate.column_loads import ColumnLoads, PartLoad
from textnlp.domain.recipes.recipe import AskedColumn
from textnlp.domain.templates.template import PromptTemplate

TOOLS = {
    "find": {"description": "Finds.", "parameters": {"type": "object", "properties": {"word": {"type": "string"}}}}
}
FILLED = {size: [{"product": "chair " * (1 + 10 * size)}] for size in Size}


def loads_of(parts: dict[str, Any], **others: Any) -> tuple[tuple[PartLoad, ...], list[str]]:
    recipe = recipe_of({"c": parts}, **others)
    loads = ColumnLoads(
        recipe,
        AskedTexts(PromptTemplate, {}),
        filled=FILLED,
        lengths={"c": EstimateBand(low=10, expected=20, high=30)},
        count_tokens=count_tokens,
    )
    column = recipe.columns["c"]
    assert isinstance(column, AskedColumn)
    return loads.of("c", column), loads.notes


def load_of(parts: dict[str, Any]) -> PartLoad:
    (load,), notes = loads_of(parts)
    assert notes == []
    return load


def test_a_prompt_is_counted_as_it_is_rendered_in_each_case() -> None:
    load = load_of({"kind": "text", "prompt": "Review {{ product }}", "system": "Be kind."})
    prompts = [count_tokens("Review " + FILLED[size][0]["product"]) + 2 + 8 for size in Size]
    assert load.call_prompt_tokens == EstimateBand(low=prompts[0], expected=prompts[1], high=prompts[2])
    assert load.call_completion_tokens == EstimateBand(low=10, expected=20, high=30)
    assert load.calls == exactly(1)


def test_a_schema_goes_along_where_the_engine_needs_to_be_told() -> None:
    bare = load_of({"kind": "text", "prompt": "Ask."}).call_prompt_tokens
    told = load_of({"kind": "structured", "prompt": "Ask.", "schema": {"enum": ["a" * 400]}}).call_prompt_tokens
    assert told.low == bare.low
    assert told.expected > bare.expected + 100


def test_code_is_asked_for_as_often_as_may_be_at_most() -> None:
    load = load_of({"kind": "code", "prompt": "Write.", "language": "python", "attempts": 5})
    assert load.calls.low == 1
    assert 1 < load.calls.expected < load.calls.high < 5


def test_a_vector_has_no_completion() -> None:
    load = load_of({"kind": "embed", "text": "{{ product }}"})
    assert load.call_completion_tokens == exactly(0)


@pytest.mark.parametrize(
    ("parts", "calls"),
    [({"max_turns": 3}, (3, 3, 3)), ({"max_turns": 6, "stop": ["BYE"]}, (1, 4, 6))],
)
def test_a_conversation_lasts_to_its_end_unless_something_stops_it(
    parts: dict[str, Any], calls: tuple[float, float, float]
) -> None:
    sides = {"user": {"system": "u"}, "assistant": {"system": "a", "model": "b"}}
    (user, assistant), _ = loads_of({"kind": "conversation", **sides, **parts}, models={"a": {}, "b": {}})
    assert (user.part, user.alias, assistant.part, assistant.alias) == ("user", None, "assistant", "b")
    assert (user.calls.low, user.calls.expected, user.calls.high) == calls
    assert assistant.call_prompt_tokens.high >= assistant.call_prompt_tokens.low > 0


def test_a_trace_of_one_exchange_with_a_given_opening_asks_no_user() -> None:
    sides = {"user": {"system": "u"}, "assistant": {"system": "a"}}
    (user, _), _ = loads_of({"kind": "conversation", **sides, "opening": "Hello", "max_turns": 1})
    assert user.calls == user.call_prompt_tokens == exactly(0)


def test_tools_are_called_round_by_round() -> None:
    load = load_of({"kind": "tool_calls", "prompt": "Do.", "tools": TOOLS, "max_calls": 4})
    assert (load.calls.low, load.calls.expected, load.calls.high) == (3, 5, 9)
    assert load_of({"kind": "tool_calls", "prompt": "Do.", "tools": TOOLS, "simulate": False}).calls == exactly(1)


def test_what_cannot_be_rendered_is_counted_as_it_stands_and_said() -> None:
    (load,), notes = loads_of({"kind": "text", "prompt": "{{ product.name.first }} " + "x" * 400})
    assert load.call_prompt_tokens.expected > 100
    assert len(notes) == 1
    assert notes[0].startswith("c: its prompt cannot be rendered")


def test_a_stored_template_that_is_not_known_is_said() -> None:
    (load,), notes = loads_of({"kind": "text", "template": "review@3"})
    assert load.call_prompt_tokens.expected > 100
    assert notes == ["c: its stored template is not known here; 200 tokens are taken."]
