import numpy as np
import pytest

from textnlp.domain.duplicates.text_index import text_index
from textnlp.domain.validation.compared_rows import compared_texts, kept_ranks
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.row_batch import RowBatch

_ROWS = [
    {"question": "One?", "answer": "Yes.", "score": 1},
    {"question": "one? ", "answer": "YES.", "score": "3"},
    {"question": " ", "answer": None, "score": None},
    {"question": "Two?", "answer": ["b", 2], "score": 10**400},
]


def test_rows_are_compared_by_all_values_of_their_columns() -> None:
    texts = compared_texts(RowBatch(_ROWS), ["question", "answer"])
    assert texts.to_list() == ["One?\nYes.", "one? \nYES.", None, 'Two?\n["b",2]']
    assert compared_texts(RowBatch([]), ["question"]).to_list() == []


@pytest.mark.parametrize(("keep", "kept"), [("first", 0), ("longest", 1), ("highest:score", 1), ("highest:none", 0)])
def test_the_row_that_the_rule_says_is_kept(keep: str, kept: int) -> None:
    batch = RowBatch(_ROWS)
    check = Deduplication(columns=["question", "answer"], threshold=1, keep=keep)
    texts = compared_texts(batch, check.columns)
    index = text_index(threshold=check.threshold)
    index.add(texts, ranks=kept_ranks(batch, check, texts))
    assert index.clusters().keepers.tolist() == [kept]


def test_what_is_no_number_ranks_lowest() -> None:
    batch = RowBatch(_ROWS)
    check = Deduplication(columns=["answer"], keep="highest:score")
    ranks = kept_ranks(batch, check, compared_texts(batch, ["answer"]))
    assert ranks is not None
    np.testing.assert_array_equal(ranks, [1, 3, np.nan, np.nan])
