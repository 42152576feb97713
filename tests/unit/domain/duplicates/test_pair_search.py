import random

import numpy as np
import pytest

from tests.factories.near_copies import shingles_of
from textnlp.domain.duplicates.components import Components
from textnlp.domain.duplicates.pair_search import PairSearch
from textnlp.domain.duplicates.prefix_keys import RowKeys
from textnlp.domain.duplicates.shingle_sets import shingle_sets


def _framed(count: int) -> list[str]:
    rng = random.Random(count)
    frame = [f"frame{place}" for place in range(30)]
    return [" ".join([*frame, *(f"{rng.getrandbits(20)}" for _ in range(rng.randint(3, 9)))]) for _ in range(count)]


def _expected(texts: list[str], before: int, threshold: float) -> list[int]:
    sets = [shingles_of(text) for text in texts]
    pairs = [
        (one, two)
        for two in range(before, len(texts))
        for one in range(two)
        if len(sets[one] & sets[two]) / len(sets[one] | sets[two]) >= threshold
    ]
    components = Components(len(texts))
    components.join(*(np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1)))
    return components.all_roots().tolist()


@pytest.mark.parametrize("count", [20, 64, 65, 600])
@pytest.mark.parametrize("before", [0, 15])
@pytest.mark.parametrize("threshold", [0.68, 0.75, 0.95])
def test_all_rows_of_a_key_are_compared(count: int, before: int, threshold: float) -> None:
    texts = _framed(count)
    search = PairSearch(shingle_sets(texts), before=before, threshold=threshold)
    search.join_similar(RowKeys(np.arange(count), np.ones(count, np.uint64)))
    assert search.components.all_roots().tolist() == _expected(texts, before, threshold)


def test_rows_of_equal_sets_are_joined_and_compared_once_for_all() -> None:
    texts = ["a b c d e f g h i j", "a b c d e f g h i j k", "A b c d e f g h i j", "x"]
    search = PairSearch(shingle_sets(texts), before=1, threshold=0.8)
    search.join_equal(np.array([7, 8, 7, 9], np.uint64))
    assert search.components.all_roots().tolist() == [0, 1, 0, 3]
    assert search.looked_at.tolist() == [1, 2, 3]
    search.join_similar(RowKeys(search.looked_at, np.array([2, 2, 3], np.uint64)))
    assert search.components.all_roots().tolist() == [0, 0, 0, 3]


def test_rows_without_a_key_in_common_are_not_compared() -> None:
    search = PairSearch(shingle_sets(["a b c", "a b c"]), before=0, threshold=0.8)
    search.join_similar(RowKeys(np.arange(2), np.array([1, 2], np.uint64)))
    assert search.components.all_roots().tolist() == [0, 1]
