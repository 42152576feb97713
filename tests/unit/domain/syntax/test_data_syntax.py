import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.syntax.data_syntax import json_fault, toml_fault, yaml_fault

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=9,
)


@given(value=VALUES, indent=st.sampled_from([None, 2]))
def test_what_is_written_as_json_is_json_and_yaml(value: object, indent: int | None) -> None:
    assert json_fault(json.dumps(value, indent=indent)) is None
    assert yaml_fault(yaml.safe_dump(value, allow_unicode=True)) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("NaN", "Line 1, column 1: NaN is no JSON."),
        ("[1,\n Infinity]", "Line 2, column 2: Infinity is no JSON."),
        ('"a', "Line 1, column 1: Unterminated string."),
        ("[" * 50_000, "It is nested too deeply."),
        ("{'a': 1}", "Line 1, column 2: Expecting property name enclosed in double quotes."),
    ],
)  # fmt: skip
def test_what_is_no_json_is_told(text: str, fault: str) -> None:
    assert json_fault(text) == fault


def test_long_numbers_are_json() -> None:
    assert json_fault("1" * 10_000) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [1", "Line 2, column 1: while parsing a flow sequence, did not find expected ',' or ']'."),
        ("--- &x 1\n---\n*x", "Line 3, column 1: there is no anchor 'x'."),
        ("a: b: c", "Line 1, column 5: mapping values are not allowed in this context."),
    ],
)
def test_what_is_no_yaml_is_told(text: str, fault: str) -> None:
    assert yaml_fault(text) == fault


def test_yaml_can_neither_build_nor_unfold_anything() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
    assert yaml_fault(bomb) is None
    assert yaml_fault("!!python/object/apply:os.abort []") is None
    assert yaml_fault("\ud800") is not None
    assert yaml_fault("[" * 50_000) is not None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a = ", "Line 1, column 5: Invalid value."),
        ("[a", "Line 1, column 3: Expected ']' at the end of a table declaration."),
        ("\na='''x", "Line 2, column 7: Expected \"'''\"."),
        ("a = " + "[" * 50_000, "It is nested too deeply."),
    ],
)
def test_what_is_no_toml_is_told(text: str, fault: str) -> None:
    assert toml_fault(text) == fault


def test_a_number_that_python_cannot_hold_is_told() -> None:
    assert (toml_fault("a = " + "1" * 6_000) or "").startswith("It is no TOML")
