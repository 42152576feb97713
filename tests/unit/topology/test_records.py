from textnlp.topology.records import RECORDS


def test_a_row_has_one_outcome_in_its_batch() -> None:
    keys = {record.name: record.key for record in RECORDS}
    assert keys["batch_rows"] == ("batch_id", "row_index")
    assert keys["batches"] == ("id",)


def test_rows_are_kept_as_long_as_their_batch() -> None:
    days = {record.name: record.retention_days for record in RECORDS}
    assert days["batch_rows"] == days["batch_slices"] == days["batches"]


def test_money_outlives_what_it_was_spent_on() -> None:
    days = {record.name: record.retention_days for record in RECORDS}
    assert days["usage"] > max(value for name, value in days.items() if name != "usage")
