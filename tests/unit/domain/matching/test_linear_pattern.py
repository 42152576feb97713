import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.matching.linear_pattern import LinearPattern, escape


@given(text=st.text("ab\n", max_size=20), pattern=st.sampled_from(["a+b", "^b", "(?m)^b$", "[^a]", "(a|ab)(b|)", "a*"]))
def test_simple_expressions_mean_what_they_mean_in_python(text: str, pattern: str) -> None:
    expected = re.search(pattern, text)
    assert LinearPattern(pattern).find(text) == (expected[0] if expected else None)


@given(text=st.text(st.characters(exclude_categories=("Cs",))))
def test_an_escaped_text_matches_itself(text: str) -> None:
    assert LinearPattern(f"^{escape(text)}").find(text) == text


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "missing \\)"),
        ("(?=a)", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("a{900}{900}", "bad repetition operator"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_what_cannot_run_in_linear_time_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        LinearPattern(pattern)


def test_a_refused_pattern_is_not_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="missing"):
        LinearPattern("(a")
    assert capfd.readouterr() == ("", "")


def test_a_lone_surrogate_in_a_text_does_no_harm() -> None:
    assert LinearPattern("b").find("a\ud800b") == "b"
