import random

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.near_copies import near_copies
from textnlp.domain.duplicates.candidate_pairs import candidate_pairs, keepers_of_pairs
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex
from textnlp.domain.duplicates.prefix_keys import RowKeys, ShingleCounts, prefix_keys
from textnlp.domain.duplicates.shingle_sets import jaccards, shingle_sets


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=14))
def test_pairs_are_all_those_that_share_a_key(keys: list[tuple[int, int]]) -> None:
    rows = np.array([row for row, _ in keys], np.int64)
    ones, twos = candidate_pairs(RowKeys(rows, np.array([key for _, key in keys], np.uint64)))
    expected = sorted({(one, two) for one, key in keys for two, other in keys if one < two and key == other})
    assert list(zip(ones.tolist(), twos.tolist(), strict=True)) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20), st.permutations(range(10)), st.data())
def test_what_is_kept_is_what_one_after_the_other_would_be(
    drawn: list[tuple[int, int]], order: list[int], data: st.DataObject
) -> None:
    before = data.draw(st.integers(0, 3))
    order = [*range(before), *(row for row in order if row >= before)]
    pairs = sorted({(min(pair), max(pair)) for pair in drawn if pair[0] != pair[1]})
    ones, twos = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    found = keepers_of_pairs(10, np.array(order), pairs=(ones, twos), similarities=(ones + twos) / 20, before=before)
    kept: list[int] = []
    for row in order:
        like = [keeper for keeper in kept if (min(row, keeper), max(row, keeper)) in pairs and row >= before]
        kept += [] if like else [row]
        assert found.rows[row] == (like[0] if like else row)
        assert found.similarities[row] == ((row + like[0]) / 20 if like else 1)


def test_texts_brought_together_by_key_have_the_keepers_of_the_local_index() -> None:
    copies = near_copies(random.Random(8), count=300, words=40, similarity=0.8)
    texts = [*(text for pair in copies for text in pair), *(first for first, _ in copies[:50])]
    sets, counts = shingle_sets(texts), ShingleCounts()
    counts.add(sets.hashes)
    keys = prefix_keys(sets, np.arange(len(texts)), counts, threshold=0.8)
    found = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]()
    for part in range(4):
        chosen = keys.keys % np.uint64(4) == part
        found.append(candidate_pairs(RowKeys(keys.rows[chosen], keys.keys[chosen])))
    together = np.unique(np.concatenate([np.stack(pair, axis=1) for pair in found]), axis=0)
    similarities = jaccards(sets, together[:, 0], sets, together[:, 1])
    pairs, likeness = together[similarities >= 0.8], similarities[similarities >= 0.8]
    kept = keepers_of_pairs(
        len(texts), np.arange(len(texts)), pairs=(pairs[:, 0], pairs[:, 1]), similarities=likeness, before=0
    )
    index = NearDuplicateIndex(threshold=0.8)
    index.add(texts)
    local = index.clusters()
    removed = np.flatnonzero(kept.rows != np.arange(len(texts)))
    assert removed.tolist() == local.removed.tolist()
    assert kept.rows[removed].tolist() == local.keepers.tolist()
    assert kept.similarities[removed].tolist() == local.similarities.tolist()
    assert len(removed) >= 350
