import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_checks import RowChecks, findings

CHECKS: TypeAdapter[list[Check]] = TypeAdapter(list[Check])
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
EVERY_KIND: list[dict[str, Any]] = [
    {"kind": "length", "min_words": 1},
    {"kind": "length", "min_items": 1},
    {"kind": "pattern", "pattern": "a"},
    {"kind": "words", "any_of": ["a"]},
    {"kind": "values", "values": ["a"]},
    {"kind": "range", "low": 0},
    {"kind": "schema", "schema": SCHEMA},
    {"kind": "syntax", "language": "json"},
]


def checks_of(*checks: dict[str, Any]) -> RowChecks:
    return RowChecks(CHECKS.validate_python([{"column": "x", **check} for check in checks]))


def message(check: dict[str, Any], value: Any) -> str | None:
    reasons = checks_of(check).reasons({"x": value})
    assert all(reason.column == "x" for reason in reasons)
    return reasons[0].message if reasons else None


PASSING: list[tuple[dict[str, Any], Any]] = [
    ({"kind": "required"}, 0),
    ({"kind": "required"}, {}),
    ({"kind": "length", "min_characters": 2, "max_characters": 2}, "ab"),
    ({"kind": "length", "min_words": 2, "max_words": 2}, " a \n b "),
    ({"kind": "length", "min_sentences": 2, "max_sentences": 2}, "It boils. Then it stops!"),
    ({"kind": "length", "max_sentences": 0}, "123."),
    ({"kind": "length", "min_items": 1, "max_items": 2}, ["a"]),
    ({"kind": "length"}, 3),
    ({"kind": "pattern", "pattern": r"(?i)^kettle\b"}, "Kettle on"),
    ({"kind": "pattern", "pattern": r"\p{Lu}"}, "é É"),
    ({"kind": "pattern", "pattern": "x", "must_match": False}, "abc"),
    ({"kind": "words", "all_of": ["KETTLE", "tea pot"]}, "A tea\n pot, a kettle."),
    ({"kind": "words", "any_of": ["c++", "rust"]}, "In C++, mostly"),
    ({"kind": "words", "any_of": ["straße"]}, "STRASSE"),
    ({"kind": "words", "any_of": ["厨房"]}, "我在厨房里"),
    ({"kind": "words", "none_of": ["cat", "a"]}, "concatenate á"),
    ({"kind": "words"}, ""),
    ({"kind": "values", "values": ["a", 1, None]}, 1.0),
    ({"kind": "values", "values": [True]}, True),
    ({"kind": "range", "low": 0, "high": 1}, 0),
    ({"kind": "range", "high": 1}, 1.0),
    ({"kind": "range", "low": 1}, 10**400),
    ({"kind": "schema", "schema": SCHEMA}, {"n": 1}),
    ({"kind": "schema", "schema": SCHEMA}, '{"n": 1}'),
    ({"kind": "schema", "schema": {"type": "string", "maxLength": 3}}, "abc"),
    ({"kind": "syntax", "language": "sql", "dialect": "duckdb"}, "FROM a"),
]


@pytest.mark.parametrize(("check", "value"), PASSING)
def test_a_value_that_is_as_asked_passes(check: dict[str, Any], value: Any) -> None:
    assert message(check, value) is None


FAILING: list[tuple[dict[str, Any], Any, str]] = [
    ({"kind": "required"}, None, "x has no value."),
    ({"kind": "required"}, " \n", "x is empty."),
    ({"kind": "required"}, [], "x is empty."),
    ({"kind": "length", "min_words": 3}, "two words", "x has 2 words, fewer than 3."),
    ({"kind": "length", "max_words": 0}, "one", "x has 1 word, more than 0."),
    ({"kind": "length", "min_characters": 2_000}, "ab", "x has 2 characters, fewer than 2,000."),
    ({"kind": "length", "min_sentences": 2}, "One only", "x has 1 sentence, fewer than 2."),
    ({"kind": "length", "max_sentences": 1}, "One. Two?", "x has 2 sentences, more than 1."),
    ({"kind": "length", "max_items": 1}, [1, 2], "x has 2 items, more than 1."),
    ({"kind": "length", "max_items": 1}, "a", "x is a text, not a list."),
    ({"kind": "length", "max_words": 1}, 5, "x is a number, not a text."),
    ({"kind": "pattern", "pattern": "^a$"}, "b", 'x does not match ^a$: "b".'),
    ({"kind": "pattern", "pattern": "b+", "must_match": False}, "abbc", 'x matches b+ at "bb".'),
    ({"kind": "pattern", "pattern": "a"}, ["a"], "x is a list, not a text."),
    ({"kind": "words", "all_of": ["a", "b", "c"]}, "A", 'x does not have "b", "c".'),
    ({"kind": "words", "any_of": ["cat"]}, "concatenate", 'x has none of "cat".'),
    ({"kind": "words", "none_of": ["as an AI", "b"]}, "As an  ai, I", 'x has "as an AI", which it must not.'),
    ({"kind": "values", "values": ["a", 1]}, True, 'x is true, none of "a", 1.'),
    ({"kind": "values", "values": ["a"]}, ["a"], 'x is ["a"], none of "a".'),
    ({"kind": "range", "low": 1}, 0.5, "x is 0.5, below 1."),
    ({"kind": "range", "high": 1.5}, 2, "x is 2, above 1.5."),
    ({"kind": "range", "high": 1.5}, float("inf"), "x is inf, above 1.5."),
    ({"kind": "range", "low": 1}, True, "x is true or false, not a number."),
    ({"kind": "range", "low": 1}, "2", "x is a text, not a number."),
    ({"kind": "range", "low": 1}, float("nan"), "x is not a number."),
    ({"kind": "schema", "schema": SCHEMA}, {"n": "a"},
     'x does not satisfy the schema: n: "a" is not of type "integer".'),
    ({"kind": "schema", "schema": SCHEMA}, "[1", "x is no JSON: line 1, column 3: Expecting ',' delimiter."),
    ({"kind": "schema", "schema": SCHEMA}, "3",
     'x does not satisfy the schema: the value: 3 is not of type "object".'),
    ({"kind": "syntax", "language": "python"}, "x = (", "x is no python: line 1, column 5: '(' was never closed."),
    ({"kind": "syntax", "language": "json"}, {"a": 1}, "x is an object, not a text."),
]  # fmt: skip


@pytest.mark.parametrize(("check", "value", "told"), FAILING)
def test_a_value_that_is_not_as_asked_is_told_with_what_was_measured(
    check: dict[str, Any], value: Any, told: str
) -> None:
    assert message(check, value) == told


@pytest.mark.parametrize(
    ("check", "field"),
    [
        ({"kind": "pattern", "pattern": "(a"}, "pattern"),
        ({"kind": "pattern", "pattern": "(?=a)"}, "pattern"),
        ({"kind": "pattern", "pattern": r"(a)\1"}, "pattern"),
        ({"kind": "pattern", "pattern": "a{900}{900}"}, "pattern"),
        ({"kind": "words", "any_of": ["a", " "]}, "any_of"),
        ({"kind": "length", "min_words": 2, "max_words": 1}, "min_words"),
        ({"kind": "values", "values": []}, "values"),
        ({"kind": "range", "low": 2, "high": 1}, "low"),
        ({"kind": "schema", "schema": {"type": "objekt"}}, "schema"),
        ({"kind": "syntax", "language": "sql", "dialect": "duckbd"}, "dialect"),
        ({"kind": "syntax", "language": "python", "dialect": "duckdb"}, "dialect"),
    ],
)
def test_a_check_that_is_none_is_refused_with_its_place(check: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        checks_of({"kind": "required"}, check)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == f"checks[1].{field}"


def test_a_length_is_of_texts_or_of_lists() -> None:
    with pytest.raises(TextNLPError, match="counted in lists") as caught:
        checks_of({"kind": "length", "min_words": 1, "min_items": 1})
    assert caught.value.facts.field == "checks[0]"


def test_a_condition_that_is_none_is_refused_with_its_place() -> None:
    parsed = CHECKS.validate_python([{"kind": "condition", "where": "a > > b"}])
    with pytest.raises(TextNLPError) as caught:
        RowChecks(parsed, field="columns.ok.checks")
    assert caught.value.facts.field == "columns.ok.checks[0].where"
    assert (caught.value.facts.line, caught.value.facts.column) == (1, 5)


def test_a_condition_that_does_not_hold_is_told_with_its_values() -> None:
    parsed = CHECKS.validate_python([{"kind": "condition", "where": "score.a >= low"}])
    checks = RowChecks(parsed)
    assert checks.reasons({"score": {"a": 3}, "low": 3}) == []
    assert checks.reasons({"score": {"a": 2}, "low": 3}) == [
        Reason(code="score.a >= low", message='`score.a >= low` does not hold: low is 3, score is {"a":2}.')
    ]


def test_a_condition_that_cannot_be_worked_out_does_not_hold() -> None:
    parsed = CHECKS.validate_python([{"kind": "condition", "where": "a > 1", "name": "high"}])
    (reason,) = RowChecks(parsed).reasons({"a": None})
    assert reason.code == "high"
    assert "cannot compare null and a number" in reason.message


@pytest.mark.parametrize("check", EVERY_KIND, ids=lambda check: check["kind"])
def test_null_passes_what_does_not_ask_for_a_value(check: dict[str, Any]) -> None:
    checks = checks_of(check)
    assert checks.reasons({"x": None}) == checks.reasons({}) == []


def test_reasons_come_in_the_order_of_the_checks_under_their_names() -> None:
    checks = checks_of(
        {"kind": "length", "min_words": 2},
        {"kind": "pattern", "pattern": "a"},
        {"kind": "words", "any_of": ["b"], "name": "says-b"},
    )
    assert [reason.code for reason in checks.reasons({"x": "c"})] == ["length:x", "pattern:x", "says-b"]


def test_findings_tell_all_reasons() -> None:
    reason = Reason(code="length:x", message="x has 1 word, fewer than 2.", column="x")
    assert findings([]) == {"passed": True, "reasons": []}
    assert findings([reason]) == {
        "passed": False,
        "reasons": [{"code": "length:x", "message": "x has 1 word, fewer than 2.", "column": "x"}],
    }


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just("\ud800")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


@given(value=VALUES)
def test_every_value_is_told_about_in_a_sentence(value: Any) -> None:
    for reason in checks_of(*EVERY_KIND, {"kind": "required"}).reasons({"x": value}):
        assert reason.message.startswith("x ")
        assert reason.message.endswith(".")
        assert len(reason.message) < 700


def test_a_value_that_is_nested_beyond_all_measure_is_told_about() -> None:
    value: list[Any] = []
    for _ in range(sys.getrecursionlimit() * 2):
        value = [value]
    assert checks_of({"kind": "schema", "schema": SCHEMA}).reasons({"x": value})


def test_a_pattern_takes_linear_time() -> None:
    checks = checks_of({"kind": "pattern", "pattern": "(a+)+$"}, {"kind": "pattern", "pattern": "(a|a)*b"})
    began_at = time.process_time()
    assert len(checks.reasons({"x": "a" * 100_000 + "!"})) == 2
    assert time.process_time() - began_at < 5
