import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.agreement.ratings import MISSING, Level, ratings_of


def test_raters_are_columns_and_what_they_left_out_is_missing() -> None:
    ratings = ratings_of([{"b": "x"}, {"a": "y", "b": "x"}, {}], level=Level.NOMINAL)
    assert ratings.raters == ("a", "b")
    assert ratings.codes.tolist() == [[MISSING, 0], [1, 0], [MISSING, MISSING]]
    assert ratings.sizes.tolist() == [1, 2, 0]


def test_numbers_are_ordered_by_size_and_words_as_they_are_listed() -> None:
    numbers = ratings_of([{"a": 10, "b": 2}], level=Level.INTERVAL)
    assert (numbers.values.tolist(), numbers.codes.tolist()) == ([2.0, 10.0], [[1, 0]])
    words = ratings_of([{"a": "good", "b": "bad"}], level=Level.ORDINAL, order=["bad", "good"])
    assert words.codes.tolist() == [[1, 0]]


def test_two_raters_are_compared_where_both_rated() -> None:
    ratings = ratings_of([{"a": 1, "b": 1}, {"a": 1, "c": 2}, {"b": 3, "c": 3}], level=Level.ORDINAL)
    both = ratings.between("b", "c")
    assert (both.raters, both.codes.tolist(), both.items.tolist()) == (("b", "c"), [[2, 2]], [2])


def test_values_outside_of_the_order_and_words_where_numbers_are_needed_are_refused() -> None:
    for call in (
        lambda: ratings_of([{"a": 9}], level=Level.ORDINAL, order=[1, 2]),
        lambda: ratings_of([{"a": "much"}], level=Level.INTERVAL),
    ):
        with pytest.raises(TextNLPError) as caught:
            call()
        assert caught.value.kind is ErrorKind.INVALID_INPUT
