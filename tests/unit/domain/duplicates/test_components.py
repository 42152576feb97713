import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.components import Components

_PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(st.lists(_PAIRS, max_size=4))
def test_every_row_is_told_by_the_lowest_of_those_it_hangs_together_with(batches: list[list[tuple[int, int]]]) -> None:
    components = Components(20)
    expected = list(range(20))
    for pairs in batches:
        components.join(*(np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1)))
        for one, two in pairs:
            low, high = sorted((expected[one], expected[two]))
            expected = [low if root == high else root for root in expected]
    assert components.all_roots().tolist() == expected
    assert components.roots(np.array([19, 3])).tolist() == [expected[19], expected[3]]


def test_a_long_chain_is_one_set() -> None:
    components = Components(10_000)
    components.join(np.arange(1, 10_000), np.arange(9_999))
    assert not components.all_roots().any()
