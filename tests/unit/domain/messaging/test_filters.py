import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.filter_tokens import KEYWORDS, MAX_FILTER_CHARACTERS
from textnlp.domain.messaging.filters import MAX_FILTER_DEPTH, compile_filter
from textnlp.domain.messaging.model import PropertyValue

Properties = Mapping[str, PropertyValue]


@pytest.mark.parametrize(
    ("expression", "properties", "matches"),
    [
        ("Status = 'Completed'", {"Status": "Completed"}, True),
        ("Status = 'Completed'", {"Status": "completed"}, False),
        ("status = 'Completed'", {"STATUS": "Completed"}, True),
        ("Status = 'Completed'", {"status": "Completed", "Status": "Failed"}, False),
        ("status = 'it''s'", {"status": "it's"}, True),
        ("user.Status = 'x'", {"Status": "x"}, True),
        ("[two words] = 1", {"two words": 1}, True),
        ("user.[a]]b] = 1", {"a]b": 1}, True),
        ("user = 'me'", {"user": "me"}, True),
        ("size <> 3", {"size": 4}, True),
        ("size != 3", {"size": 3}, False),
        ("size = 3", {"size": 3.0}, True),
        ("size >= 2.5", {"size": 2.5}, True),
        ("size < -1", {"size": -2}, True),
        ("size = +1.5E2", {"size": 150}, True),
        ("size > other", {"size": 2, "other": 1}, True),
        ("5 <= size", {"size": 5}, True),
        ("name > 'a'", {"name": "b"}, True),
        ("done = TRUE", {"done": True}, True),
        ("done <> false", {"done": False}, False),
        ("size IN (1, 2, other)", {"size": 7, "other": 7}, True),
        ("size NOT IN (1, 2)", {"size": 3}, True),
        ("not size in (1)", {"size": 1}, False),
        ("name LIKE 'a%c'", {"name": "a\nbc"}, True),
        ("name LIKE 'a%c'", {"name": "abcd"}, False),
        ("name LIKE 'a_c'", {"name": "abc"}, True),
        ("name LIKE 'a_c'", {"name": "ac"}, False),
        ("name NOT LIKE '%.txt'", {"name": "notes.md"}, True),
        ("name LIKE '.*'", {"name": "anything"}, False),
        (r"name LIKE '100\%' ESCAPE '\'", {"name": "100%"}, True),
        (r"name LIKE '100\%' ESCAPE '\'", {"name": "1000"}, False),
        ("name LIKE '!!!_%' ESCAPE '!'", {"name": "!_x"}, True),
        ("name IS NULL", {}, True),
        ("name IS NULL", {"name": None}, True),
        ("name IS NOT NULL", {"NAME": ""}, True),
        ("a = 1 OR b = 1 AND c = 1", {"a": 1}, True),
        ("(a = 1 OR b = 1) AND c = 1", {"a": 1}, False),
        ("NOT a = 1 AND b = 1", {"a": 2, "b": 1}, True),
        ("1=1", {}, True),
    ],
)
def test_a_condition_selects_as_service_bus_does(expression: str, properties: Properties, matches: bool) -> None:  # noqa: FBT001  the expected outcome
    assert compile_filter(expression)(properties) is matches


@pytest.mark.parametrize(
    "expression",
    [
        "missing = 1",
        "NOT missing = 1",
        "missing <> 1",
        "missing NOT IN (1, 2)",
        "missing NOT LIKE 'a'",
        "size NOT IN (7, missing)",
        "size = '3'",
        "size <> 'x'",
        "size LIKE '3'",
        "done = 1",
        "done < TRUE",
        "missing = 1 AND size = 3",
        "missing = 1 OR size = 4",
    ],
)
def test_what_is_unknown_matches_neither_as_it_is_nor_negated(expression: str) -> None:
    properties: Properties = {"size": 3, "done": True}

    assert not compile_filter(expression)(properties)
    assert not compile_filter(f"NOT ({expression})")(properties)


def test_the_decisive_side_of_and_and_or_beats_unknown() -> None:
    assert compile_filter("missing = 1 OR 1 = 1")({})
    assert compile_filter("NOT (missing = 1 AND 1 = 2)")({})


@pytest.mark.parametrize(
    ("expression", "column", "words"),
    [
        ("", 1, "found the end"),
        ("Status", 7, "expected a comparison"),
        ("Status = ", 10, "expected a property, a string"),
        ("Status = 'open", 10, "unexpected"),
        ('Status = "open"', 10, "unexpected"),
        ("[open = 1", 1, "unexpected"),
        ("a = 1 b = 2", 7, "expected AND, OR or the end, found property name 'b'"),
        ("a NOT = 1", 7, "expected a comparison, IN, LIKE"),
        ("a IN 1", 6, "expected '('"),
        ("a IN (1 2)", 9, "expected ')'"),
        ("a IN ()", 7, "expected a property"),
        ("a LIKE 5", 8, "expected a string"),
        ("a LIKE 'x' ESCAPE 'yz'", 19, "one character"),
        ("a LIKE 'x!y' ESCAPE '!'", 8, "stands before"),
        ("a LIKE 'x!' ESCAPE '!'", 8, "stands before"),
        ("a = -'x'", 6, "expected a number"),
        ("a = 9223372036854775808", 5, "larger than"),
        ("a = 1e999", 5, "too large"),
        ("sys.Label = 'x'", 1, "scope 'sys'"),
        ("user.5 = 'x'", 5, "expected a comparison"),
        ("user.'x' = 1", 6, "expected a property name"),
        ("(a = 1", 7, "expected ')'"),
        ("a = 1; drop", 6, "unexpected ';'"),
        ("a IS 1", 6, "expected 'NULL'"),
        ("LIKE = 1", 1, "found 'LIKE'"),
    ],
)
def test_a_syntax_error_names_its_column(expression: str, column: int, words: str) -> None:
    with pytest.raises(TextNLPError, match=re.escape(words)) as caught:
        compile_filter(expression)

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.column == column


def test_what_a_quote_should_have_been_is_said() -> None:
    with pytest.raises(TextNLPError) as caught:
        compile_filter('Status = "open"')

    assert "single quotes" in caught.value.full_text


@pytest.mark.parametrize("opening", ["(", "NOT ", "NOT ("])
def test_nesting_is_bounded(opening: str) -> None:
    levels = MAX_FILTER_DEPTH // (2 if opening == "NOT (" else 1)
    closing = ")" if "(" in opening else ""

    assert compile_filter(opening * levels + "1 = 1" + closing * levels) is not None
    with pytest.raises(TextNLPError, match="nests deeper"):
        compile_filter(opening * (levels + 1) + "1 = 1" + closing * (levels + 1))


def test_the_length_is_bounded() -> None:
    with pytest.raises(TextNLPError, match=f"takes {MAX_FILTER_CHARACTERS}"):
        compile_filter("a = 1".ljust(MAX_FILTER_CHARACTERS + 1))

    assert compile_filter("1 = 1".ljust(MAX_FILTER_CHARACTERS))({})


def test_a_pattern_of_many_wildcards_meets_a_long_string_without_blowing_up() -> None:
    like = compile_filter(f"name LIKE '{'%a' * 200}%b'")

    assert not like({"name": "a" * 20_000})


_WORDS = st.sampled_from(
    [
        *sorted(KEYWORDS),
        "(",
        ")",
        ",",
        "=",
        "<>",
        "!=",
        "<",
        ">=",
        ".",
        "-",
        "user",
        "sys",
        "[x y]",
        "'s'",
        "'",
        "1",
        "2.5",
    ],
)


@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=25).map(" ".join)))
def test_no_text_raises_anything_but_invalid_input(text: str) -> None:
    error = _error_of(text)

    assert error is None or (error.kind is ErrorKind.INVALID_INPUT and 1 <= (error.facts.column or 0) <= len(text) + 1)


def _error_of(text: str) -> TextNLPError | None:
    try:
        compile_filter(text)({"x y": 1, "user": "s"})
    except TextNLPError as error:
        return error
    return None


@dataclass(frozen=True)
class _Example:
    """A condition as text, and what it is worth for given properties: 0 false, 1 unknown, 2 true."""

    text: str
    worth: Callable[[Properties], int]


_PROPERTIES = st.dictionaries(
    st.sampled_from(["a", "b", "c d"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from([-0.5, 1.0, 2.5]),
        st.text("ab%_", max_size=3),
    ),
)


def _literal_text(value: PropertyValue) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value).upper()


@dataclass(frozen=True)
class _Operand:
    text: str
    name: str | None = None
    constant: PropertyValue = None

    def value(self, properties: Properties) -> PropertyValue:
        return self.constant if self.name is None else properties.get(self.name)


def _literal(value: str | float) -> _Operand:
    return _Operand(_literal_text(value), constant=value)


_OPERANDS = st.one_of(
    st.sampled_from([_Operand("a", "a"), _Operand("USER.A", "a"), _Operand("B", "b"), _Operand("[C d]", "c d")]),
    st.one_of(st.booleans(), st.integers(-3, 3), st.just(2.5), st.text("ab'", max_size=2)).map(_literal),
)


def _compare(symbol: str, left: PropertyValue, right: PropertyValue) -> int:
    if isinstance(left, bool) and isinstance(right, bool):
        return _worth(symbol, {"=": left == right, "<>": left != right})
    if isinstance(left, bool) or isinstance(right, bool):
        return 1
    if isinstance(left, str) and isinstance(right, str):
        return _worth(symbol, _order((left > right) - (left < right)))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _worth(symbol, _order((left > right) - (left < right)))
    return 1


def _order(sign: int) -> dict[str, bool]:
    return {"=": sign == 0, "<>": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}


def _worth(symbol: str, truths: dict[str, bool]) -> int:
    return 2 * truths[symbol] if symbol in truths else 1


def _is_like(value: str, pattern: str) -> bool:
    if not pattern:
        return not value
    if pattern[0] == "%":
        return any(_is_like(value[start:], pattern[1:]) for start in range(len(value) + 1))
    return bool(value) and pattern[0] in {"_", value[0]} and _is_like(value[1:], pattern[1:])


@st.composite
def _simple(draw: st.DrawFn) -> _Example:
    left = draw(_OPERANDS)
    kind = draw(st.sampled_from(["compare", "in", "like", "null"]))
    if kind == "compare":
        symbol = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
        right = draw(_OPERANDS)
        return _Example(
            f"{left.text} {symbol} {right.text}",
            lambda p: _compare(symbol, left.value(p), right.value(p)),
        )
    if kind == "in":
        items = draw(st.lists(_OPERANDS, min_size=1, max_size=3))
        return _Example(
            f"{left.text} IN ({', '.join(item.text for item in items)})",
            lambda p: max(_compare("=", left.value(p), item.value(p)) for item in items),
        )
    if kind == "like":
        pattern = draw(st.text("ab%_", max_size=4))

        def worth(properties: Properties) -> int:
            value = left.value(properties)
            return 2 * _is_like(value, pattern) if isinstance(value, str) else 1

        return _Example(f"{left.text} LIKE '{pattern}'", worth)
    return _Example("b IS NULL", lambda p: 2 * (p.get("b") is None))


def _combined(inner: st.SearchStrategy[_Example]) -> st.SearchStrategy[_Example]:
    negated = inner.map(lambda e: _Example(f"NOT ({e.text})", lambda p: 2 - e.worth(p)))
    several = st.lists(inner, min_size=2, max_size=3)
    every = several.map(
        lambda es: _Example(" AND ".join(f"({e.text})" for e in es), lambda p: min(e.worth(p) for e in es)),
    )
    some = several.map(
        lambda es: _Example(" OR ".join(f"({e.text})" for e in es), lambda p: max(e.worth(p) for e in es)),
    )
    return st.one_of(negated, every, some)


@given(st.recursive(_simple(), _combined, max_leaves=6), st.lists(_PROPERTIES, min_size=1, max_size=5))
def test_any_condition_is_worth_what_a_plain_evaluator_says(example: _Example, messages: list[Properties]) -> None:
    matches = compile_filter(example.text)

    assert [matches(properties) for properties in messages] == [example.worth(p) == 2 for p in messages]
