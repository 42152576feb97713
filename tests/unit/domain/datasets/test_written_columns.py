from textnlp.domain.datasets.written_columns import column_key, dropped_columns, recipe_columns


def test_no_column_takes_the_name_of_the_rows_id() -> None:
    names = ["id", "id_", "id__", "idea", "i", "text"]
    assert [column_key(name) for name in names] == ["id_", "id__", "id___", "idea", "i", "text"]


def test_steps_and_dropped_columns_are_not_written() -> None:
    columns = {"id": {"kind": "uuid"}, "a": {"kind": "text", "drop": True}, "b": {"kind": "text"}}
    recipe = {"columns": {**columns, "c": {"kind": "filter"}, "d": {"kind": "subsample"}}}
    assert dropped_columns(recipe) == {"a"}
    assert recipe_columns(recipe, dropped={"a"}) == ["id_", "b"]
