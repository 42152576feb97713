from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.reports.row_matching import RowMatching

_KEYED = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), max_size=20)
_Pairs = list[tuple[int, int]]


def matched(before: list[dict[str, object]], after: list[dict[str, object]], by: str | None) -> RowMatching:
    matching = RowMatching(by)
    matching.add_before(before)
    matching.add_after(after)
    return matching


@given(_KEYED, _KEYED)
def test_rows_by_a_key_are_those_of_dictionaries(before: _Pairs, after: _Pairs) -> None:
    one: dict[int, int] = {}
    other: dict[int, int] = {}
    for rows, known in ((before, one), (after, other)):
        for key, value in rows:
            known.setdefault(key, value)
    named: list[list[dict[str, object]]] = [[{"k": key, "v": value} for key, value in rows] for rows in (before, after)]
    rows = matched(named[0], named[1], "k").rows()
    both = one.keys() & other.keys()
    assert (rows.added, rows.removed) == (len(other.keys() - one.keys()), len(one.keys() - other.keys()))
    assert rows.changed == sum(one[key] != other[key] for key in both)
    assert rows.unchanged == len(both) - rows.changed
    assert (rows.repeated_before, rows.repeated_after) == (len(before) - len(one), len(after) - len(other))


@given(_KEYED, _KEYED)
def test_rows_by_content_are_those_of_multisets_whatever_their_ids(before: _Pairs, after: _Pairs) -> None:
    one = Counter(before)
    other = Counter(after)
    named: list[list[dict[str, object]]] = [
        [{"id": f"{side}{place}", "k": key, "v": value} for place, (key, value) in enumerate(rows)]
        for side, rows in enumerate((before, after))
    ]
    rows = matched(named[0], named[1], None).rows()
    assert rows.unchanged == (one & other).total()
    assert (rows.added, rows.removed, rows.changed) == ((other - one).total(), (one - other).total(), 0)


def test_the_order_of_columns_does_not_matter() -> None:
    rows = matched([{"k": 1, "a": 1, "b": 2}], [{"b": 2, "a": 1, "k": 1}], "k").rows()
    assert rows.unchanged == 1


def test_a_row_without_its_key_is_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        matched([{"a": 1}], [], "k")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "key"


def test_rows_are_named_by_their_key_or_their_id() -> None:
    assert RowMatching("k").label({"k": 7, "id": "a"}) == "7"
    assert RowMatching(None).label({"k": 7, "id": "a"}) == "a"
    assert len(RowMatching(None).label({"k": 7})) == 12
