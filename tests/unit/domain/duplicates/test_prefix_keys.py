import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.near_copies import near_copies, shingles_of
from textnlp.domain.duplicates.prefix_keys import RowKeys, ShingleCounts, prefix_keys
from textnlp.domain.duplicates.shingle_sets import shingle_sets

_WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=14).map(" ".join)


def _keys(texts: list[str], threshold: float) -> list[set[int]]:
    sets, counts = shingle_sets(texts), ShingleCounts()
    counts.add(sets.hashes)
    found = prefix_keys(sets, np.arange(len(texts)), counts, threshold=threshold)
    return [set(found.keys[found.rows == row].tolist()) for row in range(len(texts))]


@given(st.lists(_WORDS, min_size=2, max_size=8), st.sampled_from([0.2, 0.5, 0.8, 0.95]))
def test_texts_at_the_threshold_share_a_key(texts: list[str], threshold: float) -> None:
    sets, keys = [shingles_of(text) for text in texts], _keys(texts, threshold)
    for one, first in enumerate(sets):
        for two, second in enumerate(sets[:one]):
            if len(first & second) / len(first | second) >= threshold:
                assert keys[one] & keys[two]


def test_a_frame_in_common_is_no_key_where_there_is_anything_rarer() -> None:
    frame = " ".join(f"frame{place}" for place in range(60))
    keys = _keys([f"{frame} {' '.join(f'{row}-{place}' for place in range(30))}" for row in range(50)], 0.8)
    assert len({key for each in keys for key in each}) == sum(map(len, keys))


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.9])
def test_texts_have_as_many_keys_as_the_threshold_needs(threshold: float) -> None:
    texts = [text for pair in near_copies(random.Random(3), count=5, words=52, similarity=0.8) for text in pair]
    sizes = [len(shingles_of(text)) for text in texts]
    least = [int(np.ceil(threshold * size - 1e-9)) for size in sizes]
    assert [len(keys) for keys in _keys(texts, threshold)] == [
        size - most + 1 for size, most in zip(sizes, least, strict=True)
    ]


def test_nulls_have_no_keys_and_rows_are_told_by_their_numbers() -> None:
    sets = shingle_sets([None, "a b c", None, "a b c"])
    found = prefix_keys(sets, np.array([1, 2, 3]), ShingleCounts(), threshold=0.8)
    assert isinstance(found, RowKeys)
    assert found.rows.tolist() == [1, 3]
    assert len(set(found.keys.tolist())) == 1


def test_counts_put_the_rare_first() -> None:
    counts, hashes = ShingleCounts(), np.arange(1, 5, dtype=np.uint64)
    counts.add(np.repeat(hashes, [1_000_000, 3, 1, 100]))
    assert np.argsort(counts.orders(hashes)).tolist() == [2, 1, 3, 0]
