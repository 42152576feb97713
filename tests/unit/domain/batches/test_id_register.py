from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.id_register import IdRegister, id_key


@given(st.lists(st.text(max_size=8), max_size=200))
def test_exactly_the_ids_that_came_twice_are_reported(ids: list[str]) -> None:
    register = IdRegister()
    for row_id in ids:
        register.add(row_id)
    repeated = {id_key(row_id) for row_id, times in Counter(ids).items() if times > 1}
    assert register.repeated_keys() == repeated


def test_a_hundred_thousand_different_ids_have_no_repeat() -> None:
    register = IdRegister()
    for number in range(100_000):
        register.add(f"row-{number}")
    assert register.repeated_keys() == set()
