import re
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.sign_in import is_challenge, is_verifier_of
from textnlp.domain.identity.sign_in_flow import FLOW_SECONDS, HOME, begin_flow, continue_flow, safe_next

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET, OTHER = "a" * 43, "b" * 43


def test_a_sign_in_goes_on_as_it_began_in_the_browser_that_began_it() -> None:
    begun = begin_flow(SECRET, issuer="local", next_path="/console/batches?a=%C3%A4&b", now=NOON)
    assert continue_flow(SECRET, begun.state, now=NOON + timedelta(seconds=FLOW_SECONDS - 1)) == begun
    assert (begun.issuer, begun.next_path) == ("local", "/console/batches?a=%C3%A4&b")


def test_the_challenge_is_that_of_the_verifier() -> None:
    begun = begin_flow(SECRET, issuer="local", next_path="", now=NOON)
    assert is_challenge(begun.challenge)
    assert is_verifier_of(begun.verifier, begun.challenge)


def test_nothing_of_two_sign_ins_is_the_same_and_nothing_tells_the_secret() -> None:
    one, two = (begin_flow(SECRET, issuer="local", next_path="", now=NOON) for _ in range(2))
    values = [one.state, two.state, one.nonce, two.nonce, one.verifier, two.verifier]
    assert len(set(values)) == len(values)
    assert not any(SECRET in value for value in values)
    assert one.verifier not in repr(one)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", one.state)


@pytest.mark.parametrize("secret", [OTHER, "", "\ud800"])
def test_another_browser_cannot_end_it(secret: str) -> None:
    begun = begin_flow(SECRET, issuer="local", next_path="", now=NOON)
    with pytest.raises(TextNLPError) as caught:
        continue_flow(secret, begun.state, now=NOON)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize("state", ["", ".", "x", "x.y", "ä.ä", "\ud800.", "\0"])
def test_a_state_that_is_none_ends_nothing(state: str) -> None:
    with pytest.raises(TextNLPError):
        continue_flow(SECRET, state, now=NOON)


def test_a_state_that_was_altered_ends_nothing() -> None:
    begun = begin_flow(SECRET, issuer="local", next_path="", now=NOON)
    content, mark = begun.state.split(".")
    for altered in (f"{content[:-2]}AA.{mark}", f"{content}.{mark[:-1]}", f"{content}=.{mark}", content):
        with pytest.raises(TextNLPError):
            continue_flow(SECRET, altered, now=NOON)


def test_it_ends_in_time_or_not_at_all() -> None:
    begun = begin_flow(SECRET, issuer="local", next_path="", now=NOON)
    with pytest.raises(TextNLPError, match="too long ago"):
        continue_flow(SECRET, begun.state, now=NOON + timedelta(seconds=FLOW_SECONDS))


@pytest.mark.parametrize(
    "path",
    ["/console", "/console/", "/console?a=b", "/console/batches/batch_1?q=%2F..%2F#", "/console/a/b/", "/console/a..b"],
)
def test_paths_of_the_console_are_kept(path: str) -> None:
    if "#" in path:
        path = path.removesuffix("#")
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "console",
        "/consoles",
        "/console.evil.example",
        "//evil.example/console",
        "https://evil.example/console",
        "/console/../identity",
        "/console/..",
        "/console/%2e%2E/identity",
        "/console/.%2e",
        "/console//evil.example",
        "/console/%5C..",
        "/console\\evil",
        "/console/a b",
        "/console/\t",
        "/console/ä",
        "/console/sign-in?next=/console/sign-in",
        "/console/signed-in",
        "/console/sign-out",
        "/console/" + "a" * 1024,
    ],
)
def test_every_other_text_leads_home(path: str) -> None:
    assert safe_next(path) == HOME
