import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.matching.shingle_sets import shingle_sets

_TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=12).map(" ".join), min_size=1, max_size=8)


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[place : place + 3]) for place in range(len(words) - 2)} or {tuple(words)}


@given(_TEXTS)
def test_a_set_has_as_many_hashes_as_the_text_has_different_runs_and_shares_those_it_shares(texts: list[str]) -> None:
    sets = shingle_sets(texts)
    assert [len(found) for found in sets] == [len(runs_of(text)) for text in texts]
    for one, first in zip(texts, sets, strict=True):
        for other, second in zip(texts, sets, strict=True):
            assert len(np.intersect1d(first, second)) == len(runs_of(one) & runs_of(other))


@given(_TEXTS)
def test_sets_are_in_order_and_do_not_depend_on_the_texts_beside(texts: list[str]) -> None:
    for text, together in zip(texts, shingle_sets(texts), strict=True):
        assert (np.diff(together.astype(np.int64)) > 0).all()
        assert np.array_equal(together, shingle_sets([text])[0])


def test_no_texts_have_no_sets() -> None:
    assert shingle_sets([]) == []
