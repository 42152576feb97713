from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind
from textnlp.domain.identity.refusals import client_exists, no_such_client, shown, unauthenticated


@given(st.text())
def test_foreign_text_is_shown_on_one_bounded_line_without_control_characters(text: str) -> None:
    line = shown(text)
    assert line.isprintable()
    assert len(line) <= 103


def test_short_text_is_quoted_as_it_is() -> None:
    assert shown("https://issuer") == "'https://issuer'"
    assert shown("x" * 200) == f"'{'x' * 100}…'"


def test_refusals_are_of_the_kind_that_callers_act_on() -> None:
    assert unauthenticated("No.", hint="Do.").full_text == "No. Do."
    assert unauthenticated("No.").kind is ErrorKind.UNAUTHENTICATED
    assert no_such_client("client_1").kind is ErrorKind.NOT_FOUND
    assert client_exists("client_1").kind is ErrorKind.CONFLICT
