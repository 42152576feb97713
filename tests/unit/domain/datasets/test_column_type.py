from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.column_type import NOTHING, NUMBER, TEXT, common_type, declared_types, settled, type_of

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", ""]), inner, max_size=2),
    max_leaves=8,
)


def common(*values: Any) -> str:
    return str(reduce(common_type, map(type_of, values), NOTHING))


_TYPES: list[tuple[list[Any], str]] = [
    ([1, None, 2], "int64"),
    ([1, 2.5], "double"),
    ([1 << 60, 1], "int64"),
    ([1 << 60, 0.5], "JSON text"),
    ([1 << 70], "JSON text"),
    ([True, False], "bool"),
    ([True, 1], "JSON text"),
    (["a", 1], "JSON text"),
    ([[1], [2.5], []], "list<double>"),
    ([[1], ["a"]], "JSON text"),
    ([[], None], "list<null>"),
    ([[[1]], [[], None]], "list<list<int64>>"),
    ([{"a": 1, "b": "x"}, {"b": "y", "a": 2.5}], "struct<a: double, b: string>"),
    ([{"a": 1}, {"a": None}], "struct<a: int64>"),
    ([{"a": 1}, {"b": 1}], "JSON text"),
    ([{"a": 1}, {"a": "x"}], "JSON text"),
    ([{}], "JSON text"),
    ([[{"role": "user"}], [{"role": "user"}, {"role": "tool"}]], "list<struct<role: string>>"),
    ([[{"role": "user"}, {"name": "x"}]], "JSON text"),
    ([(1, 2)], "JSON text"),
]


@pytest.mark.parametrize(("values", "name"), _TYPES)
def test_the_type_is_the_narrowest_that_holds_all(values: list[Any], name: str) -> None:
    assert common(*values) == name
    assert common(*values, None) == name


@given(_VALUES, _VALUES, _VALUES)
def test_a_common_type_holds_all_in_any_order(one: Any, two: Any, three: Any) -> None:
    found = reduce(common_type, map(type_of, (one, two, three)), NOTHING)
    for value in (one, two, three):
        assert common_type(found, type_of(value)) == found
    if "struct" not in str(found):
        assert common(three, one, two) == str(found)


def test_what_is_too_deep_is_text() -> None:
    value: Any = 1
    for _ in range(40):
        value = [value]
    assert common(value) == "JSON text"


def test_a_declared_type_counts_where_it_holds_the_values() -> None:
    assert settled(type_of(1), declared=NUMBER) == NUMBER
    assert settled(NOTHING, declared=NUMBER) == NUMBER
    assert settled(type_of("a"), declared=NUMBER) == TEXT
    assert settled(NOTHING) == TEXT
    assert str(settled(type_of({"a": [None]}))) == "struct<a: list<string>>"


def test_a_recipe_declares_types_by_kind() -> None:
    columns = {
        "a": {"kind": "embed"},
        "b": {"kind": "uniform", "decimals": 0},
        "c": {"kind": "gaussian"},
        "d": {"kind": "expression", "type": "boolean"},
        "e": {"kind": "expression"},
        "f": {"kind": "expression", "type": "json"},
        "g": {"kind": "judge"},
    }
    found = {name: str(known) for name, known in declared_types({"columns": columns}).items()}
    assert found == {"a": "list<double>", "b": "int64", "c": "double", "d": "bool", "e": "string"}
