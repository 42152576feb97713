from typing import Any

import pytest

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.estimate.asked_texts import AskedTexts, schema_text
from textnlp.domain.recipes.recipe import AskedColumn
from textnlp.domain.templates.compiled import CompiledTemplate
from textnlp.domain.templates.stored import TemplateDraft
from textnlp.domain.templates.template import PromptTemplate

STORED = CompiledTemplate(TemplateDraft(name="review", text="Review {{ product }}.", system="Be kind."))
TEXTS = AskedTexts(PromptTemplate, {"review@1": STORED})


def column(**parts: Any) -> AskedColumn:
    made = recipe_of({"c": parts}).columns["c"]
    assert isinstance(made, AskedColumn)
    return made


def test_all_texts_of_a_column_are_rendered() -> None:
    asked = column(kind="text", prompt="Review {{ product }}.", system="Be {{ mood }}.", prefill="Well,")
    assert TEXTS.render(asked, {"product": "chair", "mood": "kind"}) == {
        "prompt": "Review chair.",
        "system": "Be kind.",
        "prefill": "Well,",
    }


def test_a_judge_is_told_its_rubric() -> None:
    asked = column(kind="judge", prompt="p", scores={"clarity": {"description": "Is {{ product }} clear?"}})
    rubric = TEXTS.render(asked, {"product": "it"})["rubric.clarity"]
    assert rubric.startswith("clarity: Is it clear?\n1: poor")


def test_a_conversation_has_the_texts_of_its_speakers() -> None:
    asked = column(kind="conversation", user={"system": "u"}, assistant={"system": "a"}, opening="o")
    assert TEXTS.render(asked, {}) == {"user": "u", "assistant": "a", "opening": "o"}
    assert TEXTS.raw(asked) == {"user": "u", "assistant": "a", "opening": "o"}


def test_a_stored_template_is_rendered_where_it_is_known() -> None:
    asked = column(kind="text", template="review@1")
    assert TEXTS.is_known(asked)
    assert TEXTS.render(asked, {"product": "chair"}) == {"prompt": "Review chair.", "system": "Be kind."}
    unknown = column(kind="text", template="review@2")
    assert not TEXTS.is_known(unknown)
    assert TEXTS.render(unknown, {}) == {}


def test_a_missing_value_is_an_error_and_the_raw_texts_are_there_in_its_place() -> None:
    asked = column(kind="embed", text="{{ product }}")
    with pytest.raises(TextNLPError):
        TEXTS.render(asked, {})
    assert TEXTS.raw(asked) == {"prompt": "{{ product }}"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"kind": "structured", "prompt": "p", "schema": {"type": "null"}}, '{"type":"null"}'),
        ({"kind": "judge", "prompt": "p", "scores": {"clarity": {"description": "d"}}}, '"clarity"'),
        ({"kind": "tool_calls", "prompt": "p", "tools": {"find": {"description": "d", "parameters": {}}}}, '"find"'),
        ({"kind": "text", "prompt": "p"}, ""),
    ],
)
def test_what_goes_along_with_a_call_is_known(parts: dict[str, Any], said: str) -> None:
    text = schema_text(column(**parts))
    assert said in text
    assert bool(text) == bool(said)
