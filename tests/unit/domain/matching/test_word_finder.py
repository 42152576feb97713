import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.matching.word_finder import WordFinder, fold


@pytest.mark.parametrize(
    ("word", "text", "is_there"),
    [
        ("cat", "The Cat sat.", True),
        ("cat", "concatenate", False),
        ("cat", "cat_food cat1", False),
        ("cat", "cát", False),
        ("as an AI", "As\n an\u00a0ai, I", True),
        ("c++", "C++11", True),
        ("c++", "abc++", False),
        (".net", "ASP.NET", True),
        ("straße", "STRASSE", True),
        ("e\u0301t\u00e9", "ÉTÉ", True),
        ("厨房", "我在厨房里", True),
        ("a.c", "abc", False),
        ("\u0e1a\u0e49\u0e32\u0e19", "\u0e17\u0e35\u0e48\u0e1a\u0e49\u0e32\u0e19\u0e09\u0e31\u0e19", True),
    ],
)
def test_a_word_is_found_as_a_whole(word: str, text: str, is_there: bool) -> None:  # noqa: FBT001  the outcome
    assert WordFinder([word]).any_in(fold(text)) is is_there


def test_words_are_told_in_their_own_order() -> None:
    finder = WordFinder(["b", "a", "d"])
    assert finder.first_in(fold("A B")) == "b"
    assert finder.missing_in(fold("A B")) == ["d"]
    assert finder.first_in(fold("c")) is None


def test_no_words_are_in_nothing() -> None:
    assert not WordFinder([]).any_in("a")


@pytest.mark.parametrize("words", [[""], [" "], ["a", "\n"]])
def test_an_empty_word_is_none(words: list[str]) -> None:
    with pytest.raises(ValueError, match="empty"):
        WordFinder(words)


@given(words=st.lists(st.text("abc", min_size=1, max_size=3), min_size=1), text=st.text("abc ,"))
def test_words_are_found_exactly_where_the_text_is_parted(words: list[str], text: str) -> None:
    parts = set(re.split(r"[ ,]+", text))
    finder = WordFinder(words)
    assert finder.missing_in(text) == [word for word in words if word not in parts]
    assert finder.first_in(text) == next((word for word in words if word in parts), None)
