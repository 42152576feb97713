import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.json_text import find_json

# Letters and digits of the whole of Unicode, quotes and brackets: what may stand in a string and confuse a scanner.
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
holders = st.dictionaries(texts, values, max_size=4) | st.lists(values, max_size=4)


@given(values, st.sampled_from([None, 2]))
def test_json_alone_is_read_as_it_is(value: Any, indent: int | None) -> None:
    assert find_json(json.dumps(value, indent=indent)) == value
    assert find_json(f"\n {json.dumps(value, ensure_ascii=False)} \n") == value


@given(holders)
def test_json_in_a_fence_or_between_sentences_is_found(value: Any) -> None:
    written = json.dumps(value, indent=1)
    assert find_json(f"Sure! Here's the answer: {written}\nI hope it's right.") == value
    if "```" not in written:
        assert find_json(f"Here it is:\n```json\n{written}\n```\nDone.") == value


@given(holders)
def test_trailing_commas_and_comments_are_mended_outside_strings_only(value: Any) -> None:
    written = json.dumps({"kept, ]": "a // b /* c */ ,}", "value": value})
    broken = written[:-1] + ", // the end\n}"
    assert find_json(broken) == {"kept, ]": "a // b /* c */ ,}", "value": value}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("{'a': 'it\\'s', \"b\": True, 'c': None}", {"a": "it's", "b": True, "c": None}),
        ("{'a': 'say \"x\"'}", {"a": 'say "x"'}),
        ('{"a": "two\nlines\tand a tab"}', {"a": "two\nlines\tand a tab"}),
        ("[1, 2, /* three */ 3,]", [1, 2, 3]),
        ('<think>{"a": 0}? no.</think>{"a": 1}', {"a": 1}),
        ('```\n{"a": 1}\n```', {"a": 1}),
        ('I would say {maybe} {"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('{"a": "}"} and {"b": 2}', {"a": "}"}),
        ("42", 42),
        ('"text"', "text"),
    ],
)
def test_what_models_get_wrong_is_mended(answer: str, value: Any) -> None:
    assert find_json(answer) == value


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   ",
        "I cannot do that.",
        '{"a": 1',
        '{"a": "cut off in the midd',
        "[" * 100_000,
        "[" * 20_000 + "]" * 20_000,
        "{'a': " * 5000,
        '{"a": 1e999}',
    ],
)
def test_an_answer_without_whole_json_is_refused(answer: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        find_json(answer)
    assert caught.value.kind is ErrorKind.SCHEMA_MISMATCH


@given(st.text(st.sampled_from("{}[]\"',:/*\\ \nTrue1a`"), max_size=200))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with contextlib.suppress(TextNLPError):
        found = find_json(text)
        assert json.loads(json.dumps(found)) == found
