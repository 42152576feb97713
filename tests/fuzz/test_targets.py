import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import FILE_KINDS, TARGETS, message_filter, prompt_file, server_sent_events, structured_answer

_PLAIN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_WORDS = st.sampled_from([
    "prompt", "messages", "role", "content", "id", "prompts", "parameters", "seed", "type", "$ref", "#", "anyOf",
    "allOf", "properties", "items", "object", "array", "string", "integer", "minItems", "pattern", "enum", "user",
])  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
_DOCUMENTS = _VALUES.map(lambda value: json.dumps(value).encode())
_FILTER_WORDS = [
    "Status",
    "[a]",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    "'x'",
    "=",
    "<>",
    "LIKE",
    "IN",
    "IS",
    "NULL",
    "1e9",
    "-",
]
_FILTERS = st.lists(st.sampled_from(_FILTER_WORDS), max_size=30).map(" ".join).map(str.encode)
_EVENTS = st.lists(st.sampled_from([b"data: x", b"\n", b"\r", b"\r\n", b"data", b":", b"\xef\xbb\xbf", b"\xff"]))
_LINES = st.lists(_DOCUMENTS | st.binary(max_size=20), max_size=6).map(b"\n".join)
_KINDS = st.integers(0, len(FILE_KINDS) - 1).map(lambda kind: bytes([kind]))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_no_bytes_are_a_surprise(target: Callable[[bytes], None]) -> None:
    @_PLAIN
    @given(st.binary(max_size=300) | _DOCUMENTS | _LINES)
    def check(data: bytes) -> None:
        target(data)

    check()


@_PLAIN
@given(_FILTERS)
@example(b"(" * 1_000)
@example(b"NOT " * 250)
def test_no_filter_is_a_surprise(text: bytes) -> None:
    message_filter(text)


@_PLAIN
@given(st.binary(min_size=1, max_size=1), _EVENTS)
def test_no_stream_is_a_surprise(size: bytes, pieces: list[bytes]) -> None:
    server_sent_events(size + b"".join(pieces))


@_PLAIN
@given(_DOCUMENTS, _DOCUMENTS | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))
@example(b'{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}', b"[[[1]]]")
@example(b'{"$ref":"#"}', b"1")
def test_no_schema_and_answer_are_a_surprise(schema: bytes, answer: bytes) -> None:
    structured_answer(schema + b"\0" + answer)


@_PLAIN
@given(_KINDS, _LINES)
@example(b"\x02", b'prompt\n"a')
@example(b"\x01", b"[" * 100_000)
@example(b"\x05", b"\x1f\x8b\x08\x00")
def test_no_prompt_file_is_a_surprise(kind: bytes, content: bytes) -> None:
    prompt_file(kind + content)


_UNFOLDING = {
    "$defs": {f"a{at}": {"allOf": [{"$ref": f"#/$defs/a{at + 1}"}] * 10} for at in range(30)},
    "$ref": "#/$defs/a0",
}
_BRANCHING = {"anyOf": [{"type": "array", "items": {"$ref": "#"}}] * 10}
_ENDLESS = {
    "thoughts": b"{}\0" + b"<think>" * 100_000,
    "quotes": b"{}\0{" + b'"\\' * 100_000,
    "apostrophes": b"{}\0{'a" + b"\\''\\" * 100_000,
    "comments": b"{}\0{ " + b"/* " * 100_000,
    "brackets": b"{}\0" + b"{[" * 100_000,
    "a schema that unfolds": json.dumps(_UNFOLDING).encode() + b"\0[[[1]]]",
    "branches of branches": json.dumps(_BRANCHING).encode() + b"\0" + b"[" * 5 + b"1" + b"]" * 5,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("data", _ENDLESS.values(), ids=_ENDLESS)
def test_no_answer_and_no_schema_take_their_square(data: bytes) -> None:
    structured_answer(data)
