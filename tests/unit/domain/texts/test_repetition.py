from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.matching.word_table import WordTable
from textnlp.domain.texts.repetition import REPEATED_GRAMS, TOP_GRAMS, repetition

_TEXTS = st.lists(st.one_of(st.none(), st.lists(st.sampled_from("abc"), max_size=24).map(" ".join)), max_size=6)


def plain_top(words: list[str], length: int) -> float:
    """Return what Gopher's definition says, counted one by one."""
    grams = Counter(tuple(words[place : place + length]) for place in range(len(words) - length + 1))
    most = max(grams.values(), default=0)
    if most < 2:
        return 0.0
    longest = max(sum(map(len, gram)) for gram, count in grams.items() if count == most)
    return longest * most / sum(map(len, words))


def plain_repeated(words: list[str], length: int) -> float:
    grams = Counter(tuple(words[place : place + length]) for place in range(len(words) - length + 1))
    covered = {
        place + offset
        for place in range(len(words) - length + 1)
        if grams[tuple(words[place : place + length])] > 1
        for offset in range(length)
    }
    return sum(len(words[place]) for place in covered) / sum(map(len, words)) if words else 0.0


@given(_TEXTS)
def test_shares_of_grams_are_those_that_counting_one_by_one_gives(texts: list[str | None]) -> None:
    series = pl.Series(texts, dtype=pl.String)
    measures = repetition(series, WordTable.of(series))
    for place, text in enumerate(texts):
        words = (text or "").split()
        for length in TOP_GRAMS:
            assert measures[f"top_{length}_gram"][place] == pytest.approx(plain_top(words, length))
        for length in REPEATED_GRAMS:
            assert measures[f"repeated_{length}_gram"][place] == pytest.approx(plain_repeated(words, length))


def test_lines_and_paragraphs_that_stand_there_before_are_counted() -> None:
    series = pl.Series(["one\ntwo\n one\none", "a\nb\n\nc\n\na\nb", "single"])
    measures = repetition(series, WordTable.of(series))
    assert measures["lines"].round(3).tolist() == [0.5, 0.4, 0.0]
    assert measures["paragraphs"].round(3).tolist() == [0.0, 0.333, 0.0]


def test_every_character_of_a_script_without_spaces_is_a_word() -> None:
    table = WordTable.of(pl.Series(["今日は 雨", None, "two words"]))
    assert table.counts.tolist() == [4, 0, 2]
