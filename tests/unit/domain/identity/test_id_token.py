from datetime import UTC, datetime
from typing import Any

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.id_token import require_id_token

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {"iss": "https://issuer.example", "aud": "console", "nonce": "n-1", "exp": NOON.timestamp() + 60}


def require(claims: dict[str, Any]) -> None:
    require_id_token(claims, issuer="https://issuer.example", client_id="console", nonce="n-1", now=NOON)


@pytest.mark.parametrize("change", [{}, {"aud": ["console"]}, {"aud": ["console", "other"], "azp": "console"}])
def test_a_token_that_answers_the_sign_in_is_taken(change: dict[str, Any]) -> None:
    require(GOOD | change)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": []},
        {"aud": ["console", "other"]},
        {"aud": ["console", "other"], "azp": "other"},
        {"exp": NOON.timestamp() - 600},
        {"exp": None},
        {"nonce": "n-2"},
        {"nonce": None},
        {"nonce": 1},
        {"nonce": ""},
    ],
)
def test_any_other_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TextNLPError) as caught:
        require(GOOD | change)
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
