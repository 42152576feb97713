from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.condition import Condition, Expression, is_expression

JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=9,
)


def refusal_of(text: str, **variables: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        Condition(text).holds(variables)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "condition"
    return caught.value


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("score.clarity.score >= 3", {"score": {"clarity": {"score": 3}}}, True),
        ("'kettle' in review and not hidden", {"review": "A kettle.", "hidden": False}, True),
        ("a is none or a > 3", {"a": None}, True),
        ("a is not none and a > 3", {"a": None}, False),
        ("tags|length == 2", {"tags": ["a", "b"]}, True),
        ("a == b", {"a": 1, "b": "1"}, False),
        ("a", {"a": ""}, False),
        ("a if b", {"a": 1, "b": 1}, True),
        ("score.tone is defined", {"score": {}}, False),
        ("result and\n  value", {"result": 1, "value": [0]}, True),
    ],
)
def test_a_condition_holds_as_it_reads(text: str, variables: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  the outcome
    assert Condition(text).holds(variables) is expected


def test_a_condition_knows_the_names_in_it() -> None:
    assert Condition("range(n)|list and score.clarity > low").names == {"n", "score", "low"}


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a) or (b", 1, 2, "The condition, line 1, column 2: unexpected ')'."),
        ("a }}{{ b", 1, 3, "The condition, line 1, column 3: unexpected '}}'."),
        ("a = 1", 1, 3, "The condition, line 1, column 3: unexpected '='; equal is written ==."),
        ("a >= ", 1, 6, "The condition, line 1, column 6: it ends too early."),
        ("(a", 1, 3, "The condition, line 1, column 3: it ends too early, expected ')'."),
        ("a, b", 1, 2, "The condition, line 1, column 2: unexpected ','."),
        ("a and\n b $", 2, 4, "The condition, line 2, column 4: unexpected char '$'."),
        ("a and\n b c", 2, 4, "The condition, line 2, column 4: unexpected 'c'."),
        ("a and\n\n", 3, 1, "The condition, line 3, column 1: it ends too early."),
        ("  ", 1, None, "The condition: it is empty."),
        ("a.b()", 1, None, "The condition: only range can be called; use a filter, as in name|upper."),
        ("a ** 2", 1, None, "The condition: ** cannot be used here."),
    ],
)
def test_what_is_no_condition_is_refused_where_it_stops_being_one(
    text: str, line: int, column: int | None, message: str
) -> None:
    error = refusal_of(text)
    assert (error.facts.line, error.facts.column, error.message) == (line, column, message)


@pytest.mark.parametrize("text", ["(" * 9_000, "not " * 3_000 + "a", "a or " * 9_000 + "a", "a" * 70_000, "1" * 5_000])
def test_a_monstrous_condition_is_refused(text: str) -> None:
    refusal_of(text, a=1)


@pytest.mark.parametrize(
    ("text", "variables", "message"),
    [
        ("a", {}, "The condition, line 1, column 1: there is no 'a'."),
        ("x or a.b", {"x": 0, "a": {}}, "The condition, line 1, column 8: there is no 'b' in an object."),
        ("a.b.c", {"a": None}, "The condition, line 1, column 5: there is no 'c' in what is missing."),
        ("a.b > 1", {"a": None},
         "The condition, line 1, column 3: there is no 'b' in null; test it with `is not none` first."),
        ("a > 1", {"a": None},
         "The condition: > cannot compare null and a number; test it with `is not none` first."),
        ("a <= 'x'", {"a": 1}, "The condition: <= cannot compare a number and a text."),
        ("a + 1 == 2", {"a": []}, "The condition: + cannot reckon with a list and a number."),
        ("1 in a", {"a": "1"}, "The condition: only a text can be in a text, not a number."),
        ("'x' in a", {"a": None}, "The condition: nothing can be in null; test it with `is not none` first."),
        ("a|map('upper')", {"a": []}, "The condition: a generator is no value; make it a list with |list."),
        ("a / 0", {"a": 1}, "The condition: division by zero."),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_told(text: str, variables: dict[str, Any], message: str) -> None:
    assert refusal_of(text, **variables).message == message


def test_a_condition_cannot_use_up_the_machine() -> None:
    assert "longer than" in refusal_of("a * 99999999", a="x").message
    assert "does too much" in refusal_of("range(9999999)|list", a=1).message
    assert "too large" in refusal_of("a * a * a * a", a=10**200).message


def test_only_the_variables_that_are_needed_are_looked_at() -> None:
    assert Condition("a").holds({"a": 1, "b": "x" * 2_000_000})
    assert "longer than" in caught_length()


def caught_length() -> str:
    with pytest.raises(TextNLPError) as caught:
        Condition("a").holds({"a": "x" * 2_000_000})
    return caught.value.message


@given(value=JSON_VALUES)
def test_an_expression_gives_a_value_back_as_it_is(value: Any) -> None:
    assert Expression(" {{ a }}\n").value({"a": value}) == value


@given(value=JSON_VALUES)
def test_a_condition_counts_what_python_counts_as_true(value: Any) -> None:
    assert Condition("a").holds({"a": value}) is bool(value)


def test_the_value_of_an_expression_is_shared_with_nothing() -> None:
    items = [{"n": 1}]
    value = Expression("{{ items }}").value({"items": items})
    value[0]["n"] = 2
    assert items == [{"n": 1}]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{{ a + 1 }}", {"a": 1}, 2),
        ("{{- a > 1 -}}", {"a": 1}, False),
        ("{{ a|map('upper')|list }}", {"a": ["x"]}, ["X"]),
        ("{{ (1, 2) }}", {}, [1, 2]),
        ("{{ {'a': none} }}", {}, {"a": None}),
        ("{{ a ~ '!' }}", {"a": "<b>"}, "<b>!"),
    ],
)
def test_an_expression_keeps_the_type_of_its_value(text: str, variables: dict[str, Any], expected: Any) -> None:
    expression = Expression(text)
    assert expression.names == variables.keys()
    value = expression.value(variables)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("text", ["x{{ a }}", "{{ a }}{{ b }}", "{% if a %}1{% endif %}", "a", "{# a #}", ""])
def test_a_template_that_is_more_than_one_expression_is_none(text: str) -> None:
    assert not is_expression(text)
    with pytest.raises(TextNLPError, match="alone") as caught:
        Expression(text)
    assert caught.value.facts.field == "template"


@pytest.mark.parametrize("text", ["{{ 1e308 * 10 }}", "{{ {1: 2} }}", "{{ range(3) }}", "{{ a.b }}", "{{ a"])
def test_an_expression_without_a_json_value_is_refused(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        Expression(text).value({"a": {}})
    assert caught.value.kind is ErrorKind.INVALID_INPUT
