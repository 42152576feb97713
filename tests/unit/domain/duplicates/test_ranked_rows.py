import math

import pytest

from textnlp.domain.duplicates.ranked_rows import RankedRows
from textnlp.domain.errors import TextNLPError


def test_rows_count_with_those_of_earlier_datasets_first() -> None:
    rows = RankedRows()
    rows.prime(2, dataset="before")
    rows.add(1, None)
    rows.add(3, [1, math.nan, math.inf])
    assert len(rows) == 6
    assert rows.earlier == (("before", 2),)
    assert rows.ranks().tolist() == [0, 0, 0, 1, -math.inf, math.inf]


def test_ranks_are_as_many_as_rows() -> None:
    with pytest.raises(TextNLPError, match="1 rows and 2 ranks"):
        RankedRows().add(1, [1, 2])
