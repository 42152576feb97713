import re
from datetime import UTC, datetime

from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.one_time_secret import (
    OneTimeSecret,
    SecretPurpose,
    digest_of,
    generate_login_code,
    generate_secret,
    plain_login_code,
)


def test_no_two_secrets_are_the_same() -> None:
    assert len({generate_secret() for _ in range(1000)}) == 1000
    assert len(generate_secret()) == 43


def test_a_login_code_can_be_typed_and_is_read_in_any_case() -> None:
    code = generate_login_code()
    assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", code)
    assert plain_login_code(f"  {code.upper()}\n") == code


def test_what_is_stored_does_not_show_its_hash() -> None:
    digest = digest_of("secret")
    assert len(digest) == 32
    stored = OneTimeSecret(
        digest=digest,
        purpose=SecretPurpose.CODE,
        sign_in_id=SignInId("signin_1"),
        expires_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert repr(digest) not in repr(stored)


def test_any_text_has_a_hash() -> None:
    assert digest_of("\ud800\0") != digest_of("")
