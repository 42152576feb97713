from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.references import condition_names, references_of, references_of_check
from textnlp.domain.validation.checks import Check, ConditionCheck

SPEAKERS = {"user": {"system": "You are {{ a }}."}, "assistant": {"system": "{{ b }}"}}
COLUMNS: list[tuple[dict[str, Any], dict[str, set[str]]]] = [
    ({"kind": "subcategory", "of": "a", "values": {"x": [1]}}, {"of": {"a"}}),
    ({"kind": "timedelta", "after": "a", "low": 1, "high": 2}, {"after": {"a"}}),
    ({"kind": "pick", "column": "a"}, {"column": {"a"}}),
    ({"kind": "pick", "file": "a.txt"}, {}),
    (
        {"kind": "text", "prompt": "{{ a }}", "prefill": "{{ b }}", "when": "c > 1"},
        {"prompt": {"a"}, "prefill": {"b"}, "when": {"c"}},
    ),
    ({"kind": "embed", "text": "{{ a }}"}, {"text": {"a"}}),
    (
        {"kind": "judge", "prompt": "x", "scores": {"s": {"description": "{{ a }}"}}},
        {"prompt": set(), "scores.s.description": {"a"}},
    ),
    ({"kind": "conversation", **SPEAKERS}, {"user.system": {"a"}, "assistant.system": {"b"}}),
    ({"kind": "expression", "value": "{{ a }}{{ b }}"}, {"value": {"a", "b"}}),
    ({"kind": "validate", "checks": [{"kind": "required", "column": "a"}]}, {"checks[0].column": {"a"}}),
    ({"kind": "python", "function": "f", "inputs": ["a", "b"]}, {"inputs[0]": {"a"}, "inputs[1]": {"b"}}),
    ({"kind": "expand", "column": "a"}, {"column": {"a"}}),
    ({"kind": "filter", "where": "a and b"}, {"where": {"a", "b"}}),
]  # fmt: skip


@pytest.mark.parametrize(("column", "expected"), COLUMNS, ids=lambda value: value.get("kind"))
def test_references_are_found_where_they_stand(column: dict[str, Any], expected: dict[str, set[str]]) -> None:
    found: dict[str, set[str]] = {}
    for reference in references_of(recipe_of({"column": column}).columns["column"]):
        found.setdefault(reference.place, set()).update(reference.names)
    assert found == expected


def test_a_condition_may_use_what_templates_may() -> None:
    assert condition_names("score.clarity.score >= 3 and 'x' not in review") == {"score", "review"}
    with pytest.raises(TextNLPError):
        condition_names("score >=")


def test_a_check_of_a_condition_refers_to_its_names() -> None:
    check = ConditionCheck(kind="condition", where="a > b")
    assert [found.names for found in references_of_check(check)] == [{"a", "b"}]


def test_a_condition_is_one_expression_by_itself() -> None:
    with pytest.raises(TextNLPError, match=r"unexpected '\)'"):
        condition_names("a) or (b")


def test_a_wrong_condition_is_told_with_its_place() -> None:
    check = ConditionCheck(kind="condition", where="a > > b")
    with pytest.raises(TextNLPError) as caught:
        references_of_check(check)
    facts = caught.value.facts
    assert (facts.field, facts.line, facts.column) == ("where", 1, 5)


def test_a_check_of_several_columns_refers_to_each() -> None:
    document = {"kind": "leakage", "columns": ["answer", "title"], "sources": ["seed"]}
    found = references_of_check(TypeAdapter[Check](Check).validate_python(document))
    assert [(each.place, *each.names) for each in found] == [
        ("columns[0]", "answer"),
        ("columns[1]", "title"),
        ("sources[0]", "seed"),
    ]


def test_a_check_for_leaked_prompts_refers_to_what_was_asked() -> None:
    document = {"kind": "prompt_leak", "column": "answer", "source_column": "prompt"}
    found = references_of_check(TypeAdapter[Check](Check).validate_python(document))
    assert [(each.place, *each.names) for each in found] == [("column", "answer"), ("source_column", "prompt")]
