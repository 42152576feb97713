import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.exact_duplicate_index import ExactDuplicateIndex, text_digests
from textnlp.domain.duplicates.hashed_words import hash_words
from textnlp.domain.duplicates.near_duplicates import NearDuplicates

_TEXTS = st.lists(st.lists(st.sampled_from(["a", "A", "ß", "ss", "b", " ", "日", "日本"]), max_size=5).map(" ".join))


@given(_TEXTS)
def test_texts_are_judged_as_near_duplicates_judges_them_at_a_threshold_of_1(texts: list[str]) -> None:
    known = NearDuplicates(threshold=1)
    expected: dict[int, int] = {}
    for row, text in enumerate(texts):
        if (found := known.find(text)) is not None:
            expected[row] = found
        known.add(text, row)
    index = ExactDuplicateIndex()
    index.add(texts[: len(texts) // 2])
    index.add(pl.Series(texts[len(texts) // 2 :], dtype=pl.String))
    assert {each.row: each.keeper.row for each in index.clusters().removals()} == expected


def test_nulls_repeat_nothing_and_the_highest_rank_is_kept() -> None:
    index = ExactDuplicateIndex()
    index.add([None, "one  Two", None, "ONE two"], ranks=[0, 1, 0, 2])
    found = index.clusters()
    assert (found.removed.tolist(), found.keepers.tolist(), found.similarities.tolist()) == ([1], [3], [1])
    assert len(index) == 4


def test_earlier_rows_are_named() -> None:
    index = ExactDuplicateIndex()
    index.prime(["one", "two"], dataset="before")
    index.add(["two", "three"])
    assert [(each.row, str(each.keeper)) for each in index.clusters().removals()] == [(0, "before:1")]


def test_the_order_and_the_number_of_words_count() -> None:
    texts = ["a b", "b a", "a", "a a", "a a a", "", "ab", "a b a"]
    digests = text_digests(hash_words(texts))
    assert len({tuple(column) for column in digests.T.tolist()}) == len(texts)


def test_nothing_repeats_nothing() -> None:
    assert ExactDuplicateIndex().clusters().count == 0
