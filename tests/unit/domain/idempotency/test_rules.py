import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.idempotency.rules import key_id_of, parse_key

_PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), min_size=1)


@given(key=_PRINTABLE.filter(lambda key: len(key) <= 255))
def test_a_printable_key_is_taken_with_quotes_and_without(key: str) -> None:
    assert parse_key(key) == parse_key(f' "{key}" ') == key


@pytest.mark.parametrize("text", ["", "  ", '""', "a" * 256, "a\x00b", "a\tb", "é"])
def test_other_keys_are_refused_by_the_headers_name(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        parse_key(text)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "Idempotency-Key"


_PARTS = st.tuples(*[st.text(max_size=3)] * 4)


def key_id(parts: tuple[str, ...]) -> bytes:
    tenant, caller, route, key = parts
    return key_id_of(tenant=tenant, caller=caller, route=route, key=key)


@given(one=_PARTS, other=_PARTS)
def test_keys_meet_only_where_tenant_caller_route_and_key_are_the_same(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (key_id(one) == key_id(other)) is (one == other)
    assert len(key_id(one)) == 32
