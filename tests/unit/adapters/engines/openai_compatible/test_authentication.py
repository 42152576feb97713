import pytest

from textnlp.adapters.engines.openai_compatible.authentication import (
    ApiKeyHeader,
    Authentication,
    BearerKey,
    NoAuthentication,
)
from textnlp.domain.errors import ErrorKind, TextNLPError

KEY = "sk-very-secret"


async def test_each_way_sends_its_header() -> None:
    assert await NoAuthentication().headers() == {}
    assert await BearerKey(KEY).headers() == {"Authorization": f"Bearer {KEY}"}
    assert await ApiKeyHeader(KEY).headers() == {"api-key": KEY}


@pytest.mark.parametrize("authentication", [BearerKey(KEY), ApiKeyHeader(KEY)])
def test_the_key_shows_in_no_text_form(authentication: Authentication) -> None:
    assert KEY not in f"{authentication!r} {authentication} {[authentication]}"
    assert authentication.redact(f"wrong key {KEY}!") == "wrong key ***!"


async def test_a_line_end_after_the_key_is_dropped() -> None:
    assert await BearerKey(f" {KEY}\n").headers() == {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("key", ["", " \n", "sk-a\nX-Evil: 1", "clé", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        BearerKey(key)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert not key.strip() or key not in caught.value.full_text
