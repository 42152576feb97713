import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.near_copies import near_copies
from textnlp.domain.duplicates.band_keys import band_keys
from textnlp.domain.duplicates.candidate_pairs import candidate_pairs, similarities
from textnlp.domain.duplicates.clusters import clusters_of
from textnlp.domain.duplicates.components import Components
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex

_KEYS = st.lists(st.tuples(*[st.integers(0, 3)] * 2), max_size=10)


@given(_KEYS)
def test_pairs_are_all_those_that_share_a_key(keys: list[tuple[int, int]]) -> None:
    rows = np.arange(len(keys)) + 10
    ones, twos = candidate_pairs(rows, np.array(keys, np.uint64).reshape(-1, 2))
    expected = [
        (one + 10, two + 10)
        for one in range(len(keys))
        for two in range(one + 1, len(keys))
        if set(keys[one]) & set(keys[two]) - {0}
    ]
    assert list(zip(ones.tolist(), twos.tolist(), strict=True)) == expected


def test_texts_brought_together_by_key_have_the_clusters_of_the_local_index() -> None:
    pairs = near_copies(random.Random(8), count=300, words=40, similarity=0.8)
    texts = [*(text for pair in pairs for text in pair), *(first for first, _ in pairs[:50])]
    keys = band_keys(texts, threshold=0.8)
    components = Components(len(texts))
    for part in range(4):
        rows, bands = np.nonzero(keys % np.uint64(4) == part)
        ones, twos = candidate_pairs(rows, keys[rows, bands][:, None])
        reaches = similarities(texts, ones, twos) >= 0.8
        components.join(ones[reaches], twos[reaches])
    found = clusters_of(
        components.all_roots(),
        ranks=np.zeros(len(texts)),
        earlier=(),
        similarity=lambda ones, twos: similarities(texts, ones, twos),
    )
    index = NearDuplicateIndex(threshold=0.8)
    index.add(texts)
    assert list(found.removals()) == list(index.clusters().removals())
    assert len(found.removed) >= 349
