from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import SessionId
from textnlp.domain.identity.session import (
    IDLE_SECONDS,
    SESSION_HOURS,
    SessionContent,
    StoredSession,
    form_token,
    generate_session_secret,
    is_over,
    is_session_secret,
    is_touch_due,
    open_content,
    open_successor,
    renewal_time,
    seal_content,
    seal_successor,
    session_digest,
    session_end,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET, OTHER = "a" * 43, "b" * 43
CONTENT = SessionContent(access_token="ACCESS", refresh_token="REFRESH", issuer="local", form_secret="FORM")  # noqa: S106  markers


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stored(*, used_at: datetime = NOON, expires_at: datetime = NOON + timedelta(hours=2)) -> StoredSession:
    return StoredSession(
        digest=session_digest(SECRET),
        id=SessionId("session_1"),
        sealed=b"",
        subject="ada",
        tenant="contoso",
        token_ends_at=expires_at,
        renew_at=expires_at,
        created_at=NOON,
        used_at=used_at,
        expires_at=expires_at,
    )


def test_content_is_opened_by_its_secret_alone() -> None:
    sealed = seal_content(CONTENT, SECRET)
    assert open_content(sealed, SECRET) == CONTENT
    for wrong in (OTHER, "", SECRET[:-1]):
        with pytest.raises(TextNLPError) as caught:
            open_content(sealed, wrong)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED


def test_the_same_content_is_never_sealed_the_same() -> None:
    assert seal_content(CONTENT, SECRET) != seal_content(CONTENT, SECRET)


def test_content_that_was_altered_opens_nothing() -> None:
    sealed = seal_content(CONTENT, SECRET)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(TextNLPError):
            open_content(bytes(altered), SECRET)
    for cut in (b"", sealed[:5], sealed[:-1]):
        with pytest.raises(TextNLPError):
            open_content(cut, SECRET)


def test_a_successor_is_not_taken_for_content_or_the_other_way_round() -> None:
    sealed = seal_successor(OTHER, SECRET)
    assert open_successor(sealed, SECRET) == OTHER
    with pytest.raises(TextNLPError):
        open_content(sealed, SECRET)
    with pytest.raises(TextNLPError):
        open_successor(seal_content(CONTENT, SECRET), SECRET)


def test_secrets_show_in_no_text_form() -> None:
    told = repr(CONTENT) + repr(stored())
    assert not any(secret in told for secret in ("ACCESS", "REFRESH", "FORM", "digest"))


def test_a_secret_has_its_form_and_no_other_text_has() -> None:
    assert is_session_secret(generate_session_secret())
    assert not any(is_session_secret(text) for text in ("", "a" * 42, "a" * 44, "ä" * 43, "a" * 42 + "\n"))
    assert generate_session_secret() != generate_session_secret()


def test_the_token_of_a_form_does_not_tell_what_it_was_made_from() -> None:
    assert form_token(SECRET) == form_token(SECRET)
    assert form_token(SECRET) != form_token(OTHER)
    assert SECRET not in form_token(SECRET)


def test_a_session_ends_at_its_time_or_when_nobody_uses_it() -> None:
    assert not is_over(stored(), now=after(IDLE_SECONDS - 1))
    assert is_over(stored(), now=after(IDLE_SECONDS))
    assert not is_over(stored(used_at=after(7000)), now=after(7199))
    assert is_over(stored(used_at=after(7000)), now=after(7200))


def test_use_is_noted_once_a_minute() -> None:
    assert not is_touch_due(stored(), now=after(59))
    assert is_touch_due(stored(), now=after(60))


@pytest.mark.parametrize(("lasts", "renewed"), [(3600, 3300), (1500, 1200), (300, 240), (0, 0)])
def test_a_token_is_renewed_five_minutes_early_and_a_short_one_in_the_last_fifth(lasts: int, renewed: int) -> None:
    assert renewal_time(NOON, expires_in_seconds=lasts) == after(renewed)


def test_a_session_lasts_half_a_day_and_without_renewal_as_long_as_its_token() -> None:
    assert session_end(NOON, token_ends_at=after(60), has_refresh=True) == after(SESSION_HOURS * 3600)
    assert session_end(NOON, token_ends_at=after(60), has_refresh=False) == after(60)
    assert session_end(NOON, token_ends_at=after(86_400), has_refresh=False) == after(SESSION_HOURS * 3600)
