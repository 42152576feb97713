from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.reservoir import Reservoir


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 9))
def test_a_sample_has_items_once_each_in_their_order_the_same_however_they_come(
    count: int, size: int, seed: int
) -> None:
    whole, single = Reservoir[int](size, seed=seed), Reservoir[int](size, seed=seed)
    whole.add(range(count))
    for number in range(count):
        single.add([number])
    assert whole.items == single.items == sorted(set(whole.items))
    assert (len(whole.items), whole.seen) == (min(size, count), count)


def test_every_item_has_about_the_same_chance() -> None:
    drawn: Counter[int] = Counter()
    for seed in range(2_000):
        sample = Reservoir[int](5, seed=seed)
        sample.add(range(20))
        drawn.update(sample.items)
    assert all(400 < drawn[number] < 600 for number in range(20))
