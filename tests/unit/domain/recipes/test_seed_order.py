import itertools
import tracemalloc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.seed_order import SeedSequence
from textnlp.domain.recipes.seeds import Order, SeedOrder

_MILLION = 1_000_000


def numbers(sequence: SeedSequence, count: int, *, first: int = 0) -> list[int]:
    return [sequence.number_at(candidate) for candidate in range(first, first + count)]


def test_ordered_seeds_begin_anew_at_the_end() -> None:
    assert numbers(SeedSequence(SeedOrder(), total=3, seed=7), 7) == [0, 1, 2, 0, 1, 2, 0]


def test_first_and_count_choose_a_stretch_of_the_source() -> None:
    sequence = SeedSequence(SeedOrder(first=2, count=3), total=10, seed=7)
    assert sequence.size == 3
    assert numbers(sequence, 4) == [2, 3, 4, 2]


def test_a_count_beyond_the_end_takes_what_there_is() -> None:
    sequence = SeedSequence(SeedOrder(first=8, count=5), total=10, seed=7)
    assert sequence.size == 2
    assert numbers(sequence, 3) == [8, 9, 8]


@given(
    total=st.integers(1, 400), first=st.integers(0, 399), count=st.none() | st.integers(1, 400), seed=st.integers(0, 99)
)
def test_each_round_of_shuffled_seeds_has_every_seed_once(total: int, first: int, count: int | None, seed: int) -> None:
    first = min(first, total - 1)
    sequence = SeedSequence(SeedOrder(order="shuffled", first=first, count=count), total=total, seed=seed)
    for round_number in range(2):
        drawn = numbers(sequence, sequence.size, first=round_number * sequence.size)
        assert sorted(drawn) == list(range(first, first + sequence.size))


def test_rounds_and_seeds_are_shuffled_differently() -> None:
    one, other = (SeedSequence(SeedOrder(order="shuffled"), total=50, seed=seed) for seed in (1, 2))
    orders = [numbers(one, 50), numbers(one, 50, first=50), numbers(other, 50), list(range(50))]
    assert len(set(map(tuple, orders))) == 4


def test_shuffling_favours_no_order() -> None:
    sequence = SeedSequence(SeedOrder(order="shuffled"), total=4, seed=3)
    seen = Counter(tuple(numbers(sequence, 4, first=4 * round_number)) for round_number in range(4_800))
    assert set(seen) == set(itertools.permutations(range(4)))
    # Chi-squared with 23 degrees of freedom is above 64 once in a hundred thousand times.
    assert sum((count - 200) ** 2 / 200 for count in seen.values()) < 64


def test_shuffling_leaves_no_neighbours_together() -> None:
    sequence = SeedSequence(SeedOrder(order="shuffled"), total=10_000, seed=3)
    drawn = numbers(sequence, 10_000)
    assert sum(abs(after - before) == 1 for before, after in itertools.pairwise(drawn)) < 15


def test_draws_with_replacement_are_even_and_repeat() -> None:
    sequence = SeedSequence(SeedOrder(order="with_replacement", first=5), total=15, seed=3)
    seen = Counter(numbers(sequence, 5_000))
    assert set(seen) == set(range(5, 15))
    # Chi-squared with 9 degrees of freedom is above 40 once in a hundred thousand times.
    assert sum((count - 500) ** 2 / 500 for count in seen.values()) < 40
    assert len(set(numbers(sequence, 10))) < 10


@pytest.mark.parametrize("order", ["ordered", "shuffled", "with_replacement"])
def test_a_seed_follows_from_the_candidate_alone(order: Order) -> None:
    forwards, backwards = (SeedSequence(SeedOrder(order=order), total=30, seed=9) for _ in range(2))
    assert numbers(forwards, 100) == [backwards.number_at(candidate) for candidate in reversed(range(100))][::-1]


def test_orders_stay_what_they_are_between_releases() -> None:
    shuffled, drawn = (
        numbers(SeedSequence(SeedOrder(order=order), total=10, seed=1), 10)
        for order in ("shuffled", "with_replacement")
    )
    assert shuffled == [7, 1, 3, 8, 9, 5, 6, 4, 2, 0]
    assert drawn == [0, 9, 8, 3, 0, 0, 3, 8, 9, 9]


def test_ten_million_seeds_are_shuffled_without_a_list_of_them() -> None:
    tracemalloc.start()
    sequence = SeedSequence(SeedOrder(order="shuffled"), total=10 * _MILLION, seed=3)
    drawn = {sequence.number_at(candidate) for candidate in range(0, 10 * _MILLION, 20_000)}
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(drawn) == 500
    assert min(drawn) < _MILLION
    assert max(drawn) > 9 * _MILLION
    assert peak_bytes < 500_000


@pytest.mark.parametrize(
    ("order", "total", "field"),
    [
        (SeedOrder(), 0, "seeds"),
        (SeedOrder(first=3), 3, "seeds.first"),
        (SeedOrder(first=9, count=1), 3, "seeds.first"),
    ],
)
def test_what_leaves_no_seed_is_refused(order: SeedOrder, total: int, field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        SeedSequence(order, total=total, seed=0)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)
