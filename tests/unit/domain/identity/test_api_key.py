import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.api_keys import forged_key
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.api_key import ApiKey, generate_key, hash_key, is_key_of_hash, parse_key

_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def test_a_key_is_recognisable_and_never_given_twice() -> None:
    keys = {generate_key().text for _ in range(1000)}
    assert len(keys) == 1000
    assert all(re.fullmatch(r"tnlp_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}", key) for key in keys)


def test_a_key_is_read_as_it_was_made() -> None:
    key = generate_key()
    assert parse_key(key.text) == key


def test_a_key_does_not_show_its_secret() -> None:
    key = generate_key()
    assert key.text not in repr(key)
    assert key.prefix in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tnlp_",
        f"tnlp_abcdefgh{_CHARACTERS}",
        f"tnlp_abcdefg_{_CHARACTERS}",
        f"tnlp_abcdefgh_{_CHARACTERS[:-1]}",
        f"tnlp_abcdefgh_{_CHARACTERS}\n",
        f" tnlp_abcdefgh_{_CHARACTERS}",
        f"TNLP_abcdefgh_{_CHARACTERS}",
        f"tnlp_abcdefgh_{_CHARACTERS.upper()}",
        f"tnlp_abcdefgh_{_CHARACTERS * 3}",
        f"tnlp_abcdefgh_{_CHARACTERS[:-1]}\u0661",
    ],
)
def test_a_malformed_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        parse_key(text)
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    assert _CHARACTERS[:-1] not in caught.value.full_text


def test_a_key_with_one_wrong_character_is_refused() -> None:
    key = generate_key()
    for place in range(5, len(key.text)):
        wrong = "0" if key.text[place] != "0" else "1"
        with pytest.raises(TextNLPError):
            parse_key(key.text[:place] + wrong + key.text[place + 1 :])


def test_a_key_is_read_whoever_made_its_checksum() -> None:
    assert parse_key(forged_key().text) == forged_key()


@given(st.text() | st.from_regex(r"tnlp_[0-9a-z]{8}_[0-9a-z]{30,70}"))
def test_any_text_is_a_key_or_is_refused(text: str) -> None:
    try:
        kept = parse_key(text).text
    except TextNLPError as error:
        kept = error.kind
    assert kept in {text, ErrorKind.UNAUTHENTICATED}


def test_only_the_whole_key_has_its_hash() -> None:
    key = generate_key()
    assert len(hash_key(key)) == 32
    assert is_key_of_hash(key, hash_key(key))
    assert not is_key_of_hash(ApiKey(prefix=key.prefix, text=generate_key().text), hash_key(key))
    assert not is_key_of_hash(key, b"")
