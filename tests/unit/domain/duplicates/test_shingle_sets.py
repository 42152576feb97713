import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.near_copies import shingles_of
from textnlp.domain.duplicates.shingle_sets import blocks, jaccards, shared_counts, shingle_sets, text_blocks

_TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "D", "é", "日本", "ß", "ss"]), max_size=12).map(" ".join),
    min_size=1,
    max_size=12,
)


@given(_TEXTS, _TEXTS)
def test_similarities_are_those_of_the_sets_of_shingles(texts: list[str], others: list[str]) -> None:
    pairs = [(one, two) for one in range(len(texts)) for two in range(len(others))]
    rows, other_rows = (np.array(part) for part in zip(*pairs, strict=True))
    expected: list[float] = []
    for one, two in pairs:
        first, second = shingles_of(texts[one]), shingles_of(others[two])
        expected.append(len(first & second) / len(first | second))
    sets, other_sets = shingle_sets(texts), shingle_sets(others)
    assert sets.sizes.tolist() == [len(shingles_of(text)) for text in texts]
    assert jaccards(sets, rows, other_sets, other_rows).tolist() == expected


def test_nothing_is_similar_to_a_null() -> None:
    sets = shingle_sets(["a b c d", None, "", None])
    assert sets.sizes.tolist() == [2, 0, 1, 0]
    assert jaccards(sets, np.array([0, 1, 1]), sets, np.array([1, 1, 3])).tolist() == [0, 0, 0]


def test_many_pairs_of_long_texts_are_compared_in_blocks() -> None:
    texts = [" ".join(f"{row}-{place}" for place in range(1_500)) for row in range(600)]
    sets = shingle_sets(texts)
    rows = np.arange(600)
    assert (shared_counts(sets, rows, sets, rows) == 1_498).all()
    assert not shared_counts(sets, rows[1:], sets, rows[:-1]).any()


def test_texts_come_in_blocks_by_number_and_size() -> None:
    assert [len(block) for block in text_blocks(["a"] * 1_030)] == [512, 512, 6]
    assert list(blocks(np.array([5, 5, 1, 20, 1, 1]), most=10)) == [(0, 2), (2, 3), (3, 4), (4, 6)]


@pytest.mark.parametrize("texts", [[], [None]])
def test_there_are_no_shingles_without_texts(texts: list[str | None]) -> None:
    assert shingle_sets(texts).hashes.tolist() == []
    assert len(shingle_sets(texts)) == len(texts)


@given(_TEXTS)
def test_sets_are_in_order_and_do_not_depend_on_the_texts_beside(texts: list[str]) -> None:
    sets = shingle_sets(texts)
    for text, together in zip(texts, np.split(sets.hashes, sets.offsets[1:-1]), strict=True):
        assert (np.diff(together.astype(np.int64)) > 0).all()
        assert np.array_equal(together, shingle_sets([text]).hashes)
