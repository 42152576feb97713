from textnlp.domain.validation.row_batch import RowBatch


def test_a_column_is_read_across_rows_that_may_not_have_it() -> None:
    batch = RowBatch([{"text": "one"}, {"other": 1}, {"text": 3}])

    assert len(batch) == 3
    assert batch.values("text") == ["one", None, 3]
    assert batch.texts("text").to_list() == ["one", None, None]


def test_half_a_character_does_not_stop_the_others() -> None:
    batch = RowBatch([{"text": "one"}, {"text": "half \ud800"}])

    assert batch.texts("text").to_list() == ["one", "half ?"]
    assert batch.values("text")[1] == "half \ud800"
