import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.vocabulary import LENGTHS, Vocabulary, heaps_exponent

_TEXTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12).map(" ".join), max_size=12)


@given(_TEXTS, st.integers(1, 12))
def test_runs_of_words_are_counted_as_sets_count_them(texts: list[str], size: int) -> None:
    vocabulary = Vocabulary()
    for begin in range(0, len(texts), size):
        vocabulary.add(pl.Series(texts[begin : begin + size], dtype=pl.String))
    found = {grams.length: (grams.total, grams.distinct) for grams in vocabulary.grams()}
    for length in LENGTHS:
        runs = [tuple(words[i : i + length]) for words in map(str.split, texts) for i in range(len(words) - length + 1)]
        assert found[length] == (len(runs), len(set(runs)))


def test_distinct_shares_are_different_runs_by_all() -> None:
    vocabulary = Vocabulary()
    vocabulary.add(pl.Series(["I do not know", "I do not care", None]))
    assert [grams.share for grams in vocabulary.grams()] == [5 / 8, 4 / 6, 3 / 4]


def test_growth_is_told_in_few_points_that_end_with_all_words() -> None:
    vocabulary = Vocabulary()
    for number in range(300):
        vocabulary.add(pl.Series([f"word{number} word{number % 10} and"]))
    growth = vocabulary.growth()
    assert len(growth) < 40
    assert growth[-1] == (900, 301)
    assert list(growth) == sorted(growth)


def test_the_exponent_of_growth_is_that_of_the_power_law() -> None:
    assert heaps_exponent([(n, round(3 * n**0.5)) for n in (10_000, 40_000, 90_000, 1_000_000)]) == pytest.approx(0.5)
    assert heaps_exponent([(100, 100), (200, 200), (400, 400)]) == pytest.approx(1.0)
    assert heaps_exponent([(100, 90), (200, 150)]) is None
